"""Knowledge: an index of entries (facts, terms, definitions) built once from files and looked up by words or by name.

    paths -readers-> Found -wording-> Entry -building-> folder -index-> Hit
                     Found -stating-> Stated -resolving-> Fact -building-> folder -facts-> Fact

`command.build` is what the command line calls; `building.build_index`, `index.Index` and its `facts` are for programs.
"""
