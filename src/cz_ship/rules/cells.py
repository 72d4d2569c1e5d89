"""Text for the cells of Markdown tables."""


def code(text: str) -> str:
    """A name as code; a bar would end its cell, and a backtick the code. https://github.github.com/gfm/#tables-extension-"""
    return "`" + text.replace("`", "'").replace("|", r"\|") + "`"
