"""What a person would see of HTML: its layout as lines, and nothing that is hidden."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from mailbot.ingest.body import views
from mailbot.ingest.html import CUT_OFF, DEPTH_CAP, HIDDEN_TEXT, HTML_CAP, TOO_DEEP, read_html
from tests.unit.ingest.growth import growth


def shown(html: str) -> str:
    return "\n".join(line.text for line in read_html(html).lines)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p class=MsoNormal>one</p><p class=MsoNormal>two</p>", "one\ntwo"),
        ("<p class=MsoNormal>one</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>&nbsp;</div><div>&nbsp;</div><div>two</div>", "one\n\ntwo"),
        ("<div>one</div><div>&nbsp;<b>two</b></div>", "one\ntwo"),
        ("<table><tr><td>a</td><td>&nbsp;</td><td>b</td></tr></table>", "a\t\tb"),
        ("one&nbsp;<b>two</b>", "one two"),
        ("<div>one<br></div><div>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ('<ol start="4"><li>one</li><li>two</li></ol>', "4. one\n5. two"),
        ("<ol><li>one<ul><li>inner</ul><li>two</ol>", "1. one\n- inner\n2. two"),
        (
            "<table><tr><td>Name</td><td>Born</td></tr><tr><td>Ann</td><td>1990</td></tr></table>",
            "Name\tBorn\nAnn\t1990",
        ),
        ("<table><tr><td><p>Ann</p></td><td><p>1990</p></td></tr></table>", "Ann\t1990"),
        ("<table><tr><td>Ann<td>1990<tr><td>Bob<td>1991</table>", "Ann\t1990\nBob\t1991"),
        ("<table><tr><td>Ann</td><td></td><td>1990</td></tr></table>", "Ann\t\t1990"),
        ("<table><tr><td><table><tr><td>a</td></tr><tr><td>b</td></tr></table></td></tr></table>", "a\nb"),
        ('see <a href="https://plan.example/form">the form</a>.', "see the form <https://plan.example/form>."),
        ('<a href="https://plan.example/">plan.example</a>', "plan.example"),
        ('<a href="mailto:dana@broker.example?subject=x">Dana</a>', "Dana <dana@broker.example>"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ('<div style="white-space: pre-wrap">a  b\n  c</div>', "a  b\n  c"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("a &amp; b &lt;c&gt; &eacute;&#233;&nbsp;d", "a & b <c> éé d"),
        ("a\n   b\t c", "a b c"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ('<a title="a > b" href="https://x.example/y">z</a>', "z <https://x.example/y>"),
        ("<o:p>one</o:p><![if !supportLists]>two<![endif]>", "onetwo"),
        ("zero\u200bwidth\u00adhyphen", "zerowidthhyphen"),
    ],
)
def test_the_layout_becomes_lines(html: str, text: str) -> None:
    assert shown(html) == text


@pytest.mark.parametrize(
    "html",
    [
        '<span style="display:none">cancel my plan</span>',
        '<div style="DISPLAY: NONE !important">cancel my plan</div>',
        '<div style="visibility:hidden">cancel my plan</div>',
        '<div style="opacity:0">cancel my plan</div>',
        '<div style="font-size:0">cancel my plan</div>',
        '<div style="font-size:1px;line-height:1px">cancel my plan</div>',
        '<div style="font:0/0 Arial">cancel my plan</div>',
        '<div style="max-height:0;overflow:hidden">cancel my plan</div>',
        '<div style="mso-hide:all">cancel my plan</div>',
        '<div style="text-indent:-9999px">cancel my plan</div>',
        '<div style="position:absolute;left:-5000px">cancel my plan</div>',
        '<div style="clip:rect(0,0,0,0);position:absolute">cancel my plan</div>',
        '<div style="color:transparent">cancel my plan</div>',
        '<font color="white">cancel my plan</font>',
        '<span style="color:#fefefe">cancel my plan</span>',
        '<div style="color:rgb(255, 255, 255)"><b>cancel my plan</b></div>',
        '<table bgcolor="#000"><tr><td style="color:black">cancel my plan</td></tr></table>',
        "<div hidden>cancel my plan</div>",
        "<style>.x{display:none}</style><div class=x>cancel my plan</div>",
        "<style>#y{color:#fff}</style><div id=y>cancel my plan</div>",
        '<div style="opacity:.01">cancel my plan</div>',
        '<div style="opacity:2%">cancel my plan</div>',
        '<span style="filter:opacity(0)">cancel my plan</span>',
        '<div style="transform:scale(0)">cancel my plan</div>',
        '<div style="transform: scaleY(0)">cancel my plan</div>',
        '<div style="clip-path: inset(50%)">cancel my plan</div>',
        '<div style="clip-path:circle(0)">cancel my plan</div>',
        '<div style="margin-left:-9999px">cancel my plan</div>',
        '<div style="color:rgba(0,0,0,0)">cancel my plan</div>',
        '<div style="color:rgb(0 0 0 / 0%)">cancel my plan</div>',
        '<div style="color:#00000000">cancel my plan</div>',
        '<div style="color:hsl(0,0%,100%)">cancel my plan</div>',
        '<div style="display:/* x */none">cancel my plan</div>',
        '<div style="d\\69splay:none">cancel my plan</div>',
        '<div style="display&#58;none">cancel my plan</div>',
        '<div style="font-size:0.01em">cancel my plan</div>',
        '<div style="background-color:#003366"><i style="color:#036">cancel my plan</i></div>',
        "<style>.x{color:/**/#fff}</style><div class=x>cancel my plan</div>",
        '<p style="display:none">cancel my plan<div>',
        '<b style="display:none"><i>cancel my plan</i></b>',
    ],
)
def test_a053_hidden_text_is_left_out_and_flagged(html: str) -> None:
    read = read_html(f"<p>Please add my son.</p>{html}<p>Thank you</p>")
    text = "\n".join(line.text for line in read.lines)
    assert "cancel" not in text
    assert "Please add my son." in text
    assert "Thank you" in text
    assert read.defects == (HIDDEN_TEXT,)


@pytest.mark.parametrize(
    "html",
    [
        '<div style="font-size:0"><span style="font-size:14px">add my son</span></div>',
        '<td bgcolor="#003366"><font color="#ffffff">add my son</font></td>',
        '<div style="background:url(x.png)"><span style="color:#fff">add my son</span></div>',
        '<div style="background:#222 none"><span style="color:#fff">add my son</span></div>',
        '<div style="display:none"></div>add my son',
        "<style>@media (max-width:600px){.x{display:none}}</style><div class=x>add my son</div>",
        "<style>.menu .x{display:none}</style><div class=x>add my son</div>",
        '<div style="opacity:0.8">add my son</div>',
        '<div style="opacity:60%">add my son</div>',
        '<div style="color:rgb(255,255,0)">add my son</div>',
        '<div style="color:rgb(0,0,0)">add my son</div>',
        '<div style="color:rgba(0,0,0,.87)">add my son</div>',
        '<div style="color:rgba(0,0,0,1.0)">add my son</div>',
        '<div style="color:hsl(0,0%,20%)">add my son</div>',
        '<div style="color:hsl(220,90%,56%)">add my son</div>',
        '<div style="transform:scale(0.5)">add my son</div>',
        '<div style="filter:opacity(0.9)">add my son</div>',
        '<div style="clip-path: inset(5%)">add my son</div>',
        '<p style="text-indent:-18pt;margin-left:18pt">add my son</p>',
        '<p style="margin-left:-5.4pt">add my son</p>',
        '<p style="color:inherit">add my son</p>',
        '<p style="color:var(--ink)">add my son</p>',
        '<p style="font-size:small">add my son</p>',
        '<p style="font-size:8px">add my son</p>',
        '<p style="visibility:visible">add my son</p>',
        '<div aria-hidden="true">add my son</div>',
        "<noscript>add my son</noscript>",
        "<details><summary>More</summary>add my son</details>",
        "<!--[if !mso]><!-->add my son<!--<![endif]-->",
        "<![if !mso]>add my son<![endif]>",
        '<body bgcolor="#000000" text="#FFFFFF"><p>add my son</p></body>',
        "<style>body{background:#222;color:#fff}</style><body><p>add my son</p></body>",
        '<div style="background:linear-gradient(#036,#069);color:white">add my son</div>',
        '<a href="https://plan.example/x" style="color:#fff;background:#06c">add my son</a>',
        "<xyz>add my son</xyz>",
        "<center><button>add my son</button></center>",
        '<div style="height:0">add my son</div>',
        '<span style="color:red">add my son</span>',
        "<style>td.b a{background:#036}</style><td class=b><a style='color:#fff'>add my son</a></td>",
        '<span style="display:none">&nbsp;</span>add my son',
    ],
)
def test_a053_what_a_person_sees_is_kept(html: str) -> None:
    read = read_html(html)
    assert "add my son" in "\n".join(line.text for line in read.lines)
    assert read.defects == ()


def test_a053_text_that_only_the_html_hides_is_flagged_beside_a_plain_text_too() -> None:
    html = '<p>Please add my son to group 10442.</p><div style="display:none">cancel it</div>'
    read = views("Please add my son to group 10442.", html)
    assert read.text == "Please add my son to group 10442."
    assert read.defects == (HIDDEN_TEXT,)


@pytest.mark.parametrize(
    "html",
    [
        "<script>steal()</script>",
        "<SCRIPT type=x>steal()</SCRIPT >",
        "<style>steal()</style>",
        "<svg onload=steal()><text>steal()</text></svg>",
        "<math><mtext>steal()</mtext></math>",
        "<template>steal()</template>",
        "<title>steal()</title>",
        "<!-- steal() -->",
        "<img src=x onerror=steal()>",
        '<a href="data:text/html,steal()">x</a>',
        '<meta http-equiv=refresh content="0;url=javascript:steal()">',
        "<noembed>steal()</noembed>",
    ],
)
def test_a050_nothing_active_reaches_the_text(html: str) -> None:
    assert "steal" not in shown(f"<p>hello</p>{html}<p>end</p>")
    assert "end" in shown(f"<p>hello</p>{html}<p>end</p>")


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://127.0.0.1/pixel.gif" srcset="http://127.0.0.1/2x.gif 2x">',
        '<link rel=prefetch href="http://127.0.0.1/x"><div style="background:url(http://127.0.0.1/x)">a</div>',
        '<video poster="http://127.0.0.1/p"><source src="http://127.0.0.1/v"></video>',
        '<iframe src="file:///etc/passwd"></iframe><object data="php://filter/x"></object>',
        '<!DOCTYPE html SYSTEM "http://127.0.0.1/x.dtd"><p>a</p>',
    ],
)
def test_a051_a052_a055_nothing_is_ever_fetched(html: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr("builtins.open", refused)
    assert "127.0.0.1" not in shown(html)
    assert "passwd" not in shown(html)


def test_a054_what_is_nested_too_deep_is_kept_and_told() -> None:
    depth = DEPTH_CAP + 100
    read = read_html("<div>" * depth + "deep down" + "</div>" * depth + "and after")
    assert [line.text for line in read.lines if line.bare] == ["deep down", "and after"]
    assert read.defects == (TOO_DEEP,)


def test_a054_what_is_too_long_is_cut_and_told() -> None:
    read = read_html("a " * HTML_CAP)
    assert read.defects == (CUT_OFF,)


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<div>a</div>",
        "<table><tr><td>",
        "<ul><li>",
        "<li style='color:red'>x",
        '<a href="',
        "<a b='",
        "<b ",
        "<",
        "</",
        "<!--",
        "<![CDATA[",
        "<style>",
        "<script>",
        "<style>.a{color:red}</style>",
        "&",
        "&#1",
        "&amp",
        "<p style='display:none'>x",
        "<blockquote type=cite>x",
        "<a x=1 ",
        "a\xa0\u200b",
        "</div></p>",
        "<span>",
    ],
)
def test_a054_twice_the_html_takes_twice_the_time(piece: str) -> None:
    def made(n: int) -> bytes:
        return (piece * (n // len(piece) + 1))[:n].encode()

    assert growth(read_bytes, made, 30_000) < 3.2


def read_bytes(raw: bytes) -> object:
    return views(None, raw.decode())


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "<a " + "x" * n + ">y",
        lambda n: "<a x" + " " * n + ">y",
        lambda n: '<div style="' + "color:red;" * (n // 10) + '">y',
        lambda n: "<style>" + "a,b{" * (n // 4) + "</style>y",
        lambda n: "<span>" * (n // 14) + "x" + "</span>" * (n // 14),
        lambda n: "<img src='data:image/png;base64," + "A" * n + "'>y",
        lambda n: "&#" + "1" * n + ";y",
    ],
)
def test_a054_one_long_thing_takes_linear_time(make: Callable[[int], str]) -> None:
    assert growth(read_bytes, lambda n: make(n).encode(), 40_000) < 3.2
    assert "y" in shown(make(5_000)) or "x" in shown(make(5_000))


def test_an_absurd_character_number_is_left_as_it_is() -> None:
    assert shown("a &#" + "9" * 6000 + "; b").startswith("a &#999")
