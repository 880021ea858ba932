"""Parts of the stage pack: which rows are drawn, how they are changed for controls, how they become columns."""
