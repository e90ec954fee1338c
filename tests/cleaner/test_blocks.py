"""Pages as blocks: what a reader sees, piece by piece, and where it stands."""

from selectolax.lexbor import LexborHTMLParser

from workers.cleaner.blocks import Page, read_page
from workers.cleaner.groups import has_place


def _read(body: str) -> Page:
    return read_page(LexborHTMLParser(f"<html><body>{body}</body></html>"))


def _texts(body: str) -> list[str]:
    return [block.text for block in _read(body).blocks]


def test_inline_elements_do_not_part_a_sentence() -> None:
    assert _texts("<p>The <b>old</b> <a href=/x>town</a> hall<i>.</i></p>") == ["The old town hall."]


def test_two_breaks_part_a_paragraph_and_one_does_not() -> None:
    assert _texts("<div>One<br>line.<br><br>Another.</div>") == ["One line.", "Another."]


def test_what_no_reader_sees_is_no_block() -> None:
    hidden = "<p hidden>a</p><p style='display: none'>b</p><script>c</script><template>d</template><!-- <p>e</p> -->"
    assert _texts(f"<p>Seen.</p>{hidden}<p>Seen too.</p>") == ["Seen.", "Seen too."]


def test_a_page_that_hides_its_story_until_a_script_runs_is_read_all_the_same() -> None:
    story = (
        "<p>The ferry will sail again from Monday, after two weeks in which a strike had kept it in port, the company said.</p>"
        * 3
    )
    assert len(_texts(f"<p>Loading</p><div hidden id='S:0'>{story}</div>")) == 4


def test_markup_in_text_and_attributes_stays_text() -> None:
    assert _texts('<p title="a > b < c">1 &lt; 2 &amp;&amp; 3 &gt; 2</p><xmp><b>raw</b></xmp>') == [
        "1 < 2 && 3 > 2",
        "<b>raw</b>",
    ]


def test_the_share_of_links_and_bold_is_told() -> None:
    (block,) = _read("<p><a href=/x>half</a>, <b>half</b></p>").blocks
    assert (round(block.linked, 1), round(block.bold, 1)) == (0.4, 0.4)


def test_a_link_that_was_never_closed_is_no_link() -> None:
    page = _read(
        "<p><a href=/x>Read" + "<p>The ferry will sail again from Monday, the company said in the afternoon.</p>" * 40
    )
    assert max(block.linked for block in page.blocks) == 0.0


def test_elements_name_their_places_and_those_alike_share_a_kind() -> None:
    page = _read(
        '<main id="story-body"><div class="teaser relatedLinks"><p class=x>a</p><p class=x>b</p><p>c</p></div></main>'
    )
    body, main, div, first, second, third = range(6)
    assert page.bits[body] == 0
    assert has_place(page.bits[main], "article")
    assert has_place(page.bits[main], "body")
    assert has_place(page.bits[div], "teaser")
    assert has_place(page.bits[div], "related")
    assert not has_place(page.bits[div], "body")
    assert page.kinds[first] == page.kinds[second] != page.kinds[third]


def test_an_element_and_all_inside_it_are_one_run_of_elements() -> None:
    page = _read(
        "<main><div><p>a</p><ul><li>b</li><li><p>c</p></li></ul></div><aside>d</aside></main><footer><p>e</p></footer>"
    )
    for element in range(len(page.tags)):
        inside = set()
        for other in range(len(page.tags)):
            step = other
            while step not in {element, -1}:
                step = page.parents[step]
            if step == element:
                inside.add(other)
        assert inside == set(range(element, page.ends[element]))


def test_a_comment_inside_a_text_leaves_no_trace() -> None:
    assert _texts("<p>Two<!-- <b>not</b> > --> words<!----></p><!-- a --><!-- b --><p>More</p>") == [
        "Two words",
        "More",
    ]


def test_entities_come_in_normal_form() -> None:
    assert _texts("<p>na&iuml;ve co&shy;operation&nbsp;&#8203;now &eacute;</p>") == ["naïve cooperation now é"]


def test_a_body_that_a_script_is_to_reveal_is_read() -> None:
    page = read_page(LexborHTMLParser('<html><body style="display:none"><p>The story.</p></body></html>'))
    assert [block.text for block in page.blocks] == ["The story."]
