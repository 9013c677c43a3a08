"""format=flowed text joined back into the paragraphs that were typed (RFC 3676)."""

from __future__ import annotations


def join_flowed(text: str, *, delete_space: bool = False) -> str:
    """Join each soft-broken line with the next one of the same quote depth.

    `delete_space` is DelSp=yes (section 4.1): the space that marks the break is not part of the text. The
    signature separator "-- " never is a soft break (section 4.3).
    """
    joined: list[str] = []
    depth_before = -1
    open_line: list[str] = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        if content.startswith(" "):
            content = content[1:]
        soft = content.endswith(" ") and content != "-- "
        if open_line and (depth != depth_before or content == "-- "):
            joined.append("".join(open_line))
            open_line = []
        if not open_line and depth:
            open_line = [">" * depth, " "]
        open_line.append(content[:-1] if soft and delete_space else content)
        depth_before = depth
        if not soft:
            joined.append("".join(open_line))
            open_line = []
    if open_line:
        joined.append("".join(open_line))
    return "\n".join(joined)
