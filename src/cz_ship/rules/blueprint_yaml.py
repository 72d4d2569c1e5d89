"""YAML changed as text: lines put into a list, and everything else stays byte for byte."""

from textwrap import indent

from cz_ship.errors import Failure


def parsed(text: str, name: str) -> object:
    """The document. Raises `Failure` (with the file's `name`) where it is not YAML."""
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Failure(f"{name} is not YAML: {' '.join(str(error).split())}", hint="mend it first") from error


def with_entry(text: str, key: str, entry: str) -> str:
    """The text with an entry at the front of the list that stands at a key of the whole.

    `entry` is a list of one, written without an indent. Raises `Failure` where the list is written so that no
    place in it is found.
    """
    import yaml

    awkward = Failure(f"{key} is written in a way that init does not change", hint=f"put this there by hand:\n{entry}")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, value in pairs:
        if name.value != key or not isinstance(value, yaml.SequenceNode):
            continue
        if not value.value:  # []
            rest = text[value.end_mark.index :].removeprefix("\n")
            made = f"{text[: name.end_mark.index]}:\n{indent(entry, '  ')}{rest}"
            break
        if not value.flow_style:
            lines = text.splitlines(keepends=True)
            lines.insert(name.end_mark.line + 1, indent(entry, " " * value.start_mark.column))
            made = "".join(lines)
            break
    else:
        raise awkward
    before = yaml.safe_load(text)
    try:
        after = yaml.safe_load(made)
    except yaml.YAMLError:
        raise awkward from None
    if after != {**before, key: [*yaml.safe_load(entry), *before[key]]}:
        raise awkward
    return made


def with_line(text: str, key: str, line: str) -> str:
    """The text with a line before that of a key of the whole. Raises `Failure` where there is no such key."""
    import yaml

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for name, _ in root.value if isinstance(root, yaml.MappingNode) else []:
        if name.value == key and name.start_mark.column == 0:
            lines = text.splitlines(keepends=True)
            return "".join([*lines[: name.start_mark.line], line, *lines[name.start_mark.line :]])
    raise Failure(f"there is no {key}", hint=f"put this there by hand: {line.strip()}")


def scalar(text: str) -> str:
    """A text in a list, in quotes where YAML would take it for a number, a flag or a part of its grammar."""
    import yaml

    try:
        plain = yaml.safe_load(f"[{text}]") == [text]
    except yaml.YAMLError:
        plain = False
    return text if plain else "'" + text.replace("'", "''") + "'"
