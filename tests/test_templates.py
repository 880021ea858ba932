"""Prompts: fences, sandbox, look-up, digest."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.profiles import SAMPLED, read_profile
from thinkaug.templates import Templates, fenced

TEXT = st.lists(st.sampled_from(["`", "```", "\n", "\r\n", " ", "~~~", "a"]) | st.text(max_size=3), max_size=12).map(
    "".join
)


def templates(folder: Path, **files: str) -> Templates:
    """A folder of the user's own; `a="..."` is the user block of `a.j2`."""
    for name, body in files.items():
        text = body if "block" in body else f"{{% block user %}}{body}{{% endblock %}}"
        (folder / f"{name}.j2").write_text(text, encoding="utf-8")
    return Templates(str(folder))


def refusal(folder: Path, body: str, *variables: str) -> str:
    with pytest.raises(UserError) as error:
        templates(folder, mine=body).check("mine.j2", variables)
    return str(error.value)


def failure(folder: Path, body: str, **values: object) -> str:
    with pytest.raises(UserError) as error:
        templates(folder, mine=body).render("mine.j2", **values)
    return str(error.value)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_no_text_closes_its_fence(text: str) -> None:
    opening, rest = fenced(text).split("\n", 1)
    body, closing = rest.rsplit("\n", 1)
    assert body == text
    assert opening == closing
    assert set(opening) == {"`"}
    assert len(opening) >= 3
    assert opening not in text


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["{{ 7 * 7 }}", "{% block user %}", "{# x #}", "{{ x }}", "{% include 'a' %}"]), TEXT)
def test_a_value_is_never_read_as_template_text(syntax: str, text: str) -> None:
    value = f"[{text}{syntax}{text}]"
    asked = Templates(brief=True).render("interleaved.j2", before=value, target="t", persona="")[-1]
    assert fenced(value) in asked.content


def test_values_keep_their_line_ends_and_markup(tmp_path: Path) -> None:
    value = "a\r\nb <i> & \u2028 c"
    assert templates(tmp_path, mine="[{{ x }}]").render("mine.j2", x=value)[0].content == f"[{value}]"


def test_blocks_are_messages_system_first(tmp_path: Path) -> None:
    blocks = {"user": "\n ask\n", "system": " be good ", "other": "x"}
    body = "outside".join(f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in blocks.items())
    messages = templates(tmp_path, mine=body).render("mine.j2")
    assert [(message.role, message.content) for message in messages] == [("system", "be good"), ("user", "ask")]


def test_an_undefined_variable_is_refused_with_the_nearest(tmp_path: Path) -> None:
    message = refusal(tmp_path, "{{ befor }}", "before", "target")
    assert message == "templates/mine.j2: no variable 'befor'; did you mean 'before'?"


def test_an_undefined_variable_of_an_included_template_is_refused_there(tmp_path: Path) -> None:
    templates(tmp_path, part="{{ nobody }}")
    assert refusal(tmp_path, "{% include 'part.j2' %}", "x").startswith("templates/part.j2: no variable 'nobody'")


def test_an_undefined_variable_is_an_error_when_rendered(tmp_path: Path) -> None:
    assert failure(tmp_path, "{{ befor }}") == "templates/mine.j2: 'befor' is undefined"


def test_a_syntax_error_names_the_template(tmp_path: Path) -> None:
    assert refusal(tmp_path, "{% if %}").startswith("templates/mine.j2: ")


def test_a_filter_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "{{ x | fencd }}", "x").startswith("templates/mine.j2: No filter named 'fencd'")


def test_an_unknown_template_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        Templates(str(tmp_path)).check("interleavd.j2", ())
    assert str(error.value) == "templates: no template 'interleavd.j2'; did you mean 'interleaved.j2'?"


def test_a_template_without_a_user_block_is_refused(tmp_path: Path) -> None:
    assert "templates/mine.j2: no block 'user'" in refusal(tmp_path, "{% block system %}x{% endblock %}")


def test_an_included_name_must_be_written_out(tmp_path: Path) -> None:
    assert "must be written out" in refusal(tmp_path, "{% include x %}", "x")


def test_a_template_that_includes_itself_is_refused(tmp_path: Path) -> None:
    templates(tmp_path, other="{% include 'mine.j2' %}")
    assert refusal(tmp_path, "{% include 'other.j2' %}").startswith("templates/mine.j2: ")


@pytest.mark.parametrize("body", ["{{ 1 // 0 }}", "{{ x + 1 }}", "{{ range(10 ** 9) }}"])
def test_a_fault_in_an_expression_names_the_template(tmp_path: Path, body: str) -> None:
    assert failure(tmp_path, body, x="v").startswith("templates/mine.j2: ")


def test_a_template_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.j2").write_bytes(b"{% block user %}\xff{% endblock %}")
    with pytest.raises(UserError, match=r"templates/mine\.j2: "):
        Templates(str(tmp_path)).check("mine.j2", ())


def test_a_template_may_be_included_twice(tmp_path: Path) -> None:
    mine = templates(tmp_path, part="p", mine="{% include 'part.j2' %}{% include 'part.j2' %}")
    assert mine.check("mine.j2", ())


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere: no such folder"):
        Templates(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__class__.__mro__[1].__subclasses__() }}",
        "{{ x | attr('__class__') }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ x.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ values.append(1) }}",
        "{{ values.clear() }}",
    ],
)
def test_a_template_cannot_leave_the_sandbox(tmp_path: Path, body: str) -> None:
    values = [1]
    assert failure(tmp_path, body, x="v", values=values).startswith("templates/mine.j2: ")
    assert values == [1]


@pytest.mark.parametrize("name", ["../secret.j2", "/etc/passwd", "sub/../../secret.j2", "..\\secret.j2"])
def test_a_template_may_not_leave_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.j2").write_text("{% block user %}secret{% endblock %}")
    (tmp_path / "own").mkdir()
    mine = templates(tmp_path / "own", mine=f"{{% include {name!r} %}}")
    for ask in (
        lambda: mine.check(name, ()),
        lambda: mine.render(name),
        lambda: mine.check("mine.j2", ()),
        lambda: mine.render("mine.j2"),
    ):
        with pytest.raises(UserError):
            ask()


def test_the_users_template_comes_before_the_shipped_one(tmp_path: Path) -> None:
    mine = templates(tmp_path, repair="mine: {{ problem }}")
    assert mine.render("repair.j2", problem="p")[0].content == "mine: p"
    assert mine.render("finish.j2") == Templates().render("finish.j2")


def test_the_digest_changes_with_the_text(tmp_path: Path) -> None:
    before = templates(tmp_path, mine="{{ x }}").check("mine.j2", ("x",))
    assert templates(tmp_path, mine="{{ x }}").check("mine.j2", ("x",)) == before
    assert templates(tmp_path, mine="{{ x }} ").check("mine.j2", ("x",)) != before


@pytest.mark.parametrize(
    "use", ["{% include 'part.j2' %}", "{% import 'part.j2' as p %}", "{% from 'part.j2' import f %}"]
)
def test_the_digest_changes_with_the_text_of_an_included_template(tmp_path: Path, use: str) -> None:
    def digest(part: str) -> str:
        macro = f"{{% macro f() %}}{part}{{% endmacro %}}"
        (tmp_path / "part.j2").write_text(macro)
        return templates(tmp_path, middle=use, mine="{% include 'middle.j2' %}").check("mine.j2", ())

    assert digest("one") == digest("one") != digest("two")


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("profile", Templates().profiles())
def test_the_shipped_templates_say_what_a_reply_must_look_like(brief: bool, profile: str) -> None:
    templates = Templates(brief=brief)
    found = read_profile(profile, templates)
    values = {"profile": found, **found.draw(SAMPLED, 1)}
    system, user = templates.render("interleaved.j2", before="B", target="T", **values)
    assert (system.role, user.role) == ("system", "user")
    assert re.findall(r"</?\w+>", system.content) == [
        f"<{mark}{kind}>" for kind in ("self_talk", "recall", "verification") for mark in ("", "/")
    ]


def test_extends_is_refused_before_the_run(tmp_path: Path) -> None:
    templates(tmp_path, base="{% block user %}from the base{% endblock %}")
    assert "extends is not for prompts" in refusal(tmp_path, "{% extends 'base.j2' %}{% block user %}x{% endblock %}")


def test_brief_prompts_come_before_those_for_all_models(tmp_path: Path) -> None:
    mine = templates(tmp_path, repair="mine: {{ problem }}")
    (tmp_path / "brief").mkdir()
    (tmp_path / "brief" / "repair.j2").write_text("{% block user %}brief: {{ problem }}{% endblock %}")
    assert mine.render("repair.j2", problem="p")[0].content == "mine: p"
    assert mine.brief().render("repair.j2", problem="p")[0].content == "brief: p"
    assert mine.brief().check("repair.j2", ("problem",)) != mine.check("repair.j2", ("problem",))


def test_the_prompts_of_a_user_come_before_shipped_brief_ones(tmp_path: Path) -> None:
    mine = templates(tmp_path, interleaved="mine")
    assert mine.brief().render("interleaved.j2")[0].content == "mine"
