"""Generated commit messages, each with the forms in which commitizen and cz-ship read it alike."""

from typing import NamedTuple

from hypothesis import strategies as st

from tests.support.rulings import Ruling
from tests.support.twins import HOOKED

# No line separators beside the line feed (a named difference), no surrogates, nothing that opens a code block.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="`~"), max_size=12)
SCOPES = ("", "(core)", "(a b)", "(été)", "()", "(a/b,c)", "(core", "(a)(b)", "(a(b))")
COLONS = (": ", ": ", ": ", ":", ":  ", " : ", "")


class Wording(NamedTuple):
    """A message, or a paragraph of one.

    `text` as it is written; `counted` without the breaks that it only quotes, which commitizen counts;
    `listed` as commitizen's parser of notes would have to read it.
    """

    text: str
    counted: str
    listed: str


@st.composite
def wordings(draw: st.DrawFn, ruling: Ruling, place: int, *, tame: bool) -> Wording:
    """A message of a commit; no two of them, and no two paragraphs, say the same."""
    if not tame and draw(st.integers(0, 19)) == 0:
        return _plain("")
    parts = [_plain(draw(_header(ruling, place)))]
    count = draw(st.sampled_from((0, 0, 1, 1, 2, 3)))
    parts += [draw(_paragraph(ruling, f"{place}.{number}", tame=tame)) for number in range(count)]
    if ruling.plugin == HOOKED and draw(st.integers(0, 4)) == 0:
        parts.append(_plain(draw(st.sampled_from(("[no bump]", "[no bump]" if tame else "[no notes]")))))
    ending = draw(st.sampled_from(("", "\n", "\n\n")))
    crlf = draw(st.integers(0, 4)) == 0
    forms = ("\n\n".join(form) + ending for form in zip(*parts, strict=True))
    return Wording(*(form.replace("\n", "\r\n") if crlf else form for form in forms))


def _plain(text: str) -> Wording:
    return Wording(text, text, text)


@st.composite
def _header(draw: st.DrawFn, ruling: Ruling, place: int) -> str:
    kind, words = draw(st.sampled_from(ruling.kinds)), f"{place} {draw(TEXT)}"
    bang = draw(st.sampled_from(("", "", "", "!")))
    if ruling.plugin == HOOKED:
        words += draw(st.sampled_from(("", " [twice]", " [never]")))
    usual = f"{kind}{draw(st.sampled_from(SCOPES))}{bang}{draw(st.sampled_from(COLONS))}{words}"
    others = (
        f"Merge branch '{kind}: {words}'", f'Revert "{kind}: {words}"', f"fixup! {kind}: {words}", f"WIP {words}",
        f"BREAKING CHANGE: {words}", f"BREAKING-CHANGE: {words}", f"{kind}: {words}\nBREAKING CHANGE: {place}",
        f"{kind}: {words}\nand on", f"\n\n{kind}: {words}", f" {kind}: {words}", f"- {kind}: {words}",
    )  # fmt: skip
    return draw(st.one_of(st.just(usual), st.just(usual), st.sampled_from(others)))


@st.composite
def _paragraph(draw: st.DrawFn, ruling: Ruling, number: str, *, tame: bool) -> Wording:
    kind, words = draw(st.sampled_from(ruling.kinds)), f"{number} {draw(TEXT)}"
    scope = draw(st.sampled_from(SCOPES[:6]))
    plain = [
        f"words of {words}", f"words {words}\nand more of them", f"{kind}{scope}: {words}",
        f"{kind}{scope}!: {words}\nand why", f"{kind}: {words}\n{kind}{scope}: again {number}", f"* {kind}: {words}",
        f"words {words}\n{kind}{scope}: {words}", f"    {kind}!: {words}", f"> BREAKING CHANGE: {words}",
        f"BREAKING CHANGE: {words}", f"BREAKING CHANGE: {words}\nand more", f"BREAKING CHANGE{scope}: {words}",
        f"BREAKING CHANGE!: {words}", f"BREAKING CHANGE:{words}", f"BREAKING CHANGE {words}",
        f"BREAKING CHANGES: {words}",
        f"Reviewed-by: {words}\nBREAKING CHANGE: {words}", f"Refs #{words}\nBREAKING-CHANGE: {words}",
        f"`BREAKING CHANGE: {words}` is a footer", f"  BREAKING CHANGE: {words}", f"{words}\n \nmore {number}",
    ]  # fmt: skip
    if ruling.marked:
        plain += [f"```\n{kind}: {words}\n```", f"```python\n\n{kind}!: {words}\n\n```"]
    if tame:
        return _plain(draw(st.sampled_from(plain)))
    return draw(st.one_of(st.sampled_from([_plain(each) for each in plain]), _differing(ruling, words)))


def _differing(ruling: Ruling, words: str) -> st.SearchStrategy[Wording]:
    """Paragraphs to which a named difference applies."""
    quoted = f"as {words} said\nBREAKING CHANGE: {words}"
    fence = f"```\nBREAKING-CHANGE: {words}\n```"
    wide = f"~~~\n\nBREAKING CHANGE: {words}\n\n~~~"
    hyphen = f"BREAKING-CHANGE: {words}\nand more"
    found = [
        Wording(quoted, f"as {words} said\n> quoted", quoted),
        Wording(fence, "```\n> quoted\n```", fence),
        Wording(wide, "~~~\n\n> quoted\n\n~~~", "~~~\n\n> quoted\n\n~~~" if ruling.breaks else wide),
        Wording(hyphen, hyphen, hyphen.replace("-", " ", 1) if ruling.breaks else hyphen),
    ]
    return st.sampled_from(found)
