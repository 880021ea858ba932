"""The figures: what counts as right, wrong, copied, unread; and no heavy import before a model is needed."""

import subprocess
import sys

from thinkaug.demo.evaluate import Trial, copies, figures, talks_about_text
from thinkaug.demo.facts import World
from thinkaug.demo.sentences import Statement
from thinkaug.steps import write_steps


def trial(subject: str, recalled: str, before: str = "", said: str = "") -> Trial:
    steps = (("self_talk", f"Where does {said or subject} go?"), ("recall", recalled))
    statement = Statement("conclusion", (subject,), "bone disease")
    target = f"{subject.capitalize()} goes into the section on bone diseases."
    return Trial(statement, before, target, write_steps(steps), "stop", steps)  # type: ignore[arg-type]


def test_recall_is_counted_apart_for_known_and_withheld_drugs(small: World) -> None:
    unread = Trial(Statement("conclusion", ("allopurinol",), "bone disease"), "", "", "no tags", "length", ())
    rows = [
        trial("allopurinol", "Allopurinol treats gout."),
        trial("allopurinol", "Allopurinol treats osteoarthritis."),
        trial("allopurinol", "Allopurinol treats gout.", before="Allopurinol is used in gout."),
        trial("allopurinol", "Allopurinol is fun."),
        trial("probenecid", "Probenecid treats osteoarthritis.", said="probenicid"),
        unread,
    ]
    found = {figure.name: (figure.hits, figure.count) for figure in figures(rows, small, {"probenecid"})}
    assert found["replies that can be read"] == (5, 6)
    assert found["replies that ended by themselves"] == (5, 6)
    assert found["conclusions: recalled disease right, known drugs"] == (1, 2)
    assert found["... of these, where the class leaves a choice"] == (1, 2)
    assert found["conclusions: recalled disease wrong, withheld drugs"] == (1, 1)
    assert found["recall steps that claim something readable"] == (4, 5)
    assert found["names copied faithfully, withheld drugs"] == (1, 1)
    assert found["names copied faithfully, known drugs and diseases"] == (4, 4)


def test_no_replies_give_no_share(small: World) -> None:
    assert all("| - |" in str(figure) for figure in figures([], small, set()))


def test_copies_and_talk() -> None:
    target = "Gout is one of the diseases that are kept in the third chapter."
    assert copies("Gout is one of the diseases that are kept.", target, before="")
    assert not copies("Gout is one of the diseases that are kept.", target, before=target)
    assert not copies("Gout is an old disease of kings and dukes.", target, before="")
    assert talks_about_text("The passage says so.")
    assert not talks_about_text("The context is clear.")


def test_nothing_heavy_is_imported_before_a_model_is_needed() -> None:
    code = (
        "import sys, thinkaug.demo.__main__; print(*{'torch', 'transformers', 'vllm', 'tokenizers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
