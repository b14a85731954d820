"""
A film at a moment, as SVG.

The film is one long strip, a screen wide for each scene. The two lines run along it from the first
scene to the last, each with a person at its end; the camera follows them from picture to picture.
"""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from media.films.geometry import Point, distances, flatten
from media.films.lettering import SANS, SERIF, Style, width, wrap
from media.films.pictures import PICTURES, Moment, Route, settle, smooth
from media.films.storyboard import Scene, Storyboard
from media.films.timing import Slot
from media.films.tokens import PALETTE

# Seconds after the start of a scene
PAN = 1.4
DRAWING = 0.9
READING = 0.9
ARRIVED = 2.6
# and before its end, when the text leaves
LEAVING = 0.35

LINE = 12
PERSON = 21
HOLE = 12

# Of words, when each sentence starts a line
MOST_LINES = 4


class DoesNotFitError(ValueError):
    """A text that is too long for its place; the message names film, scene and layout."""


@dataclass(frozen=True)
class Layout:
    """
    One shape of the film: sizes and places in pixels. The picture's box stands at `picture`,
    enlarged by `scale`, with the ground that the lines run on 482 of its units below its top.
    """

    name: str
    width: int
    height: int
    title: int
    words: int
    text: tuple[float, float, float, float]
    picture: tuple[float, float]
    scale: float
    rests: tuple[float, ...]

    @property
    def pixels(self) -> int:
        """How many there are in a frame."""
        return self.width * self.height

    def ground(self, shift: float = 0) -> float:
        """Where the lines run between pictures; `shift` in the picture's units."""
        return self.picture[1] + (482 + shift) * self.scale


WIDE = Layout("film", 1280, 720, 62, 46, (80, 50, 572, 510), (668, 116), 1.0, rests=(140, 480))
SQUARE = Layout("vierkant", 1080, 1080, 72, 56, (90, 48, 900, 420), (218, 464), 1.15, rests=(20,))
LAYOUTS = (WIDE, SQUARE)


@dataclass(frozen=True)
class Track:
    """A line through the whole film, and how far along it somebody is in each scene."""

    colour: str
    points: tuple[Point, ...]
    along: tuple[float, ...]
    arrive: tuple[float, ...]
    leave: tuple[float, ...]
    from_aside: bool

    def reached(self, distance: float) -> Point:
        """The point at a distance along the line."""
        after = min(max(1, bisect.bisect_left(self.along, distance)), len(self.along) - 1)
        (x1, y1), (x2, y2) = self.points[after - 1], self.points[after]
        step = self.along[after] - self.along[after - 1] or 1
        part = (distance - self.along[after - 1]) / step
        return (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)


class Film:
    """A storyboard with its times, in one layout."""

    def __init__(self, storyboard: Storyboard, slots: Sequence[Slot], layout: Layout) -> None:
        self.storyboard = storyboard
        self.slots = slots
        self.layout = layout
        self.seconds = slots[-1].end
        self._texts = [
            self._text(number, scene) for number, scene in enumerate(storyboard.scenes, start=1)
        ]
        pictures = [PICTURES[scene.picture] for scene in storyboard.scenes]
        self._tracks = (
            self._track("coral", [picture.coral for picture in pictures], shift=15),
            self._track("blue", [picture.blue for picture in pictures], shift=-15),
        )

    def svg(self, seconds: float) -> str:
        """
        What is seen at a number of seconds, as a whole SVG document.
        """
        layout = self.layout
        number = self._scene_at(seconds)
        camera = self._camera(number, seconds)
        # Only the scene and the one it comes from can be in the picture.
        near = [
            n
            for n in (number - 1, number)
            if n >= 0 and abs(n * layout.width - camera) < layout.width
        ]
        body = "".join(self._picture(n, seconds, camera) for n in near)
        body += "".join(self._line(track, number, seconds, camera) for track in self._tracks)
        body += "".join(self._person(track, number, seconds, camera) for track in self._tracks)
        body += "".join(self._words(n, number, seconds, camera) for n in near)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width} {layout.height}" '
            f'width="{layout.width}" height="{layout.height}">'
            f'<rect width="{layout.width}" height="{layout.height}" fill="{PALETTE["paper"]}"/>'
            f'<g fill="none" stroke-linecap="round" stroke-linejoin="round">{body}</g></svg>'
        )

    def _scene_at(self, seconds: float) -> int:
        starts = [slot.start for slot in self.slots]
        return max(0, bisect.bisect_right(starts, seconds + 1e-6) - 1)

    def _camera(self, number: int, seconds: float) -> float:
        part = 1.0 if number == 0 else smooth((seconds - self.slots[number].start) / PAN)
        # Whole pixels: what only moves along looks sharp, and costs the encoder next to nothing.
        return float(round((number - 1 + part) * self.layout.width))

    def _picture(self, number: int, seconds: float, camera: float) -> str:
        scene = self.storyboard.scenes[number]
        started = self.slots[number].start + (DRAWING if number else 0.4)
        drawn = PICTURES[scene.picture].draw(Moment(seconds - started, scene.inset))
        if not drawn:
            return ""
        x = self.layout.picture[0] + number * self.layout.width - camera
        place = f"translate({x:.1f} {self.layout.picture[1]:g}) scale({self.layout.scale:g})"
        return f'<g transform="{place}">{drawn}</g>'

    # The two lines

    def _track(self, colour: str, routes: Sequence[Route | None], shift: float) -> Track:
        layout = self.layout
        points: list[Point] = []
        arrive, leave = [], []
        for number, route in enumerate(routes):
            left = number * layout.width
            ground = layout.ground(shift)
            if not points and not (route and route.appears):
                points.append((left - 60, ground))
            if not (route and route.appears):
                for rest in layout.rests:
                    _go_over(points, (left + rest, ground))
            if route is None:
                _go_over(points, (left + layout.picture[0] - 105 * layout.scale, ground))
                arrive.append(distances(points)[-1])
                leave.append(arrive[-1])
                continue
            (to,) = flatten(route.to)
            placed = [self._placed(point, left, shift) for point in to]
            if route.appears:
                points.append((left + layout.width - LINE, placed[0][1]))
            _go_over(points, placed[0])
            points.extend(placed)
            arrive.append(distances(points)[-1])
            points += [self._placed(point, left, shift) for point in _way(to[-1], route.go)]
            leave.append(distances(points)[-1])
            start = flatten(f"M{to[-1][0]:g} {to[-1][1]:g}{route.go}")[0][-1]
            points += [self._placed(point, left, shift) for point in _way(start, route.on)]
        return Track(
            colour,
            points=tuple(points),
            along=tuple(distances(points)),
            arrive=tuple(arrive),
            leave=tuple(leave),
            from_aside=bool(routes[0] and routes[0].appears),
        )

    def _placed(self, point: Point, left: float, shift: float) -> Point:
        """A point of a picture on the strip; what is on the ground keeps to its own side."""
        x, y = point
        on_ground = smooth((y - 400) / 82)
        return (
            left + self.layout.picture[0] + x * self.layout.scale,
            self.layout.picture[1] + (y + shift * on_ground) * self.layout.scale,
        )

    def _distance(self, track: Track, number: int, seconds: float) -> float:
        slot = self.slots[number]
        before = track.leave[number - 1] if number else 0.0
        passed = seconds - slot.start
        if passed < ARRIVED:
            return before + (track.arrive[number] - before) * smooth(passed / ARRIVED)
        part = smooth((passed - ARRIVED) / (slot.seconds - ARRIVED))
        return track.arrive[number] + (track.leave[number] - track.arrive[number]) * part

    def _line(self, track: Track, number: int, seconds: float, camera: float) -> str:
        distance = self._distance(track, number, seconds)
        # Only the two scenes that may be seen; a line that came from aside has no beginning on the
        # strip, so it draws itself in when the camera goes on.
        begin = track.leave[number - 2] if number > 1 else 0.0
        if track.from_aside and number == 1:
            begin = track.arrive[0] * smooth((seconds - self.slots[1].start) / PAN)
        first = bisect.bisect_right(track.along, begin)
        last = bisect.bisect_left(track.along, distance)
        shown = [track.reached(begin), *track.points[first:last], track.reached(distance)]
        path = "L".join(f"{x - camera:.1f} {y:.1f}" for x, y in shown)
        size = LINE * self.layout.scale
        return f'<path d="M{path}" stroke="{PALETTE[track.colour]}" stroke-width="{size:g}"/>'

    def _person(self, track: Track, number: int, seconds: float, camera: float) -> str:
        x, y = track.reached(self._distance(track, number, seconds))
        x -= camera
        scale = self.layout.scale
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{PERSON * scale:g}" '
            f'fill="{PALETTE[track.colour]}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{HOLE * scale:g}" fill="{PALETTE["paper"]}"/>'
        )

    # The text

    def _text(self, number: int, scene: Scene) -> list[tuple[float, str]]:
        """
        Baseline and markup of each line, from the top: label, title, words.
        """
        layout = self.layout
        x, top, room, tall = layout.text
        large, plain = Style(SERIF, 700, layout.title), Style(SANS, 400, layout.words)
        title = _title_lines(scene.title, large, room)
        words = _words_lines(scene.words, plain, room)
        title_step, words_step = layout.title * 1.14, layout.words * 1.32
        label = self.storyboard.label
        label_height = layout.words * 1.6 if label else 0
        height = label_height + len(title) * title_step + layout.words * 0.4
        height += len(words) * words_step
        widest = max(
            *(width(line, large) for line in title),
            *(width(line, plain) for line in words),
        )
        if height > tall or widest > room:
            raise DoesNotFitError(
                f"{self.storyboard.slug}, scene {number} ({scene.title}): the text takes "
                f"{widest:.0f} × {height:.0f} of {room:g} × {tall:g} pixels in {layout.name}"
            )
        y = top + (tall - height) / 2
        lines = []
        if label:
            lines.append((y, self._label(label, x, y)))
            y += label_height
        for line in title:
            y += title_step
            lines.append((y, _line_of_text(line, x, y - layout.title * 0.2, large)))
        y += layout.words * 0.4
        for line in words:
            y += words_step
            lines.append((y, _line_of_text(line, x, y - layout.words * 0.3, plain)))
        return lines

    def _label(self, label: str, x: float, y: float) -> str:
        style = Style(SANS, 600, self.layout.words * 0.62)
        size = style.size
        wide = width(label, style) + size * 1.4
        return (
            f'<rect x="{x:g}" y="{y:.1f}" width="{wide:.1f}" height="{size * 1.6:.1f}" '
            f'rx="{size * 0.8:.1f}" fill="{PALETTE["sun"]}"/>'
            + _line_of_text(label, x + size * 0.7, y + size * 1.14, style)
        )

    def _words(self, number: int, current: int, seconds: float, camera: float) -> str:
        slot = self.slots[number]
        x = number * self.layout.width - camera
        leaving = 1 - smooth((seconds - slot.end) / LEAVING) if number < current else 1.0
        if leaving <= 0:
            return ""
        reading = slot.start + (READING if number else 0.5)
        found = ""
        for order, (_, line) in enumerate(self._texts[number]):
            part = settle((seconds - reading - order * 0.12) / 0.7) * leaving
            if part <= 0:
                continue
            rise = 16 * (1 - part) if number == current else 0
            if part >= 1 and x == 0:
                found += line
            else:
                found += (
                    f'<g transform="translate({x:.1f} {rise:.1f})" opacity="{part:.2f}">{line}</g>'
                )
        return found


def _title_lines(title: str, style: Style, room: float) -> list[str]:
    """
    A title that needs more lines breaks at its colon first: "for whom:", then what.
    """
    lines = wrap(title, style, room)
    if len(lines) > 1 and ": " in title:
        whom, what = title.split(": ", 1)
        return wrap(f"{whom}:", style, room) + wrap(what, style, room)
    return lines


def _words_lines(words: str, style: Style, room: float) -> list[str]:
    """
    Each sentence on lines of its own, which reads easiest, unless that takes much more room.
    """
    together = wrap(words, style, room)
    sentences = re.split(r"(?<=[.!?])\s+", words)
    apart = [line for sentence in sentences for line in wrap(sentence, style, room)]
    return apart if len(apart) <= min(len(together) + 1, MOST_LINES) else together


def _line_of_text(text: str, x: float, y: float, style: Style) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{style.family}" '
        f'font-weight="{style.weight}" font-size="{style.size:g}" '
        f'fill="{PALETTE["ink"]}">{escape(text)}</text>'
    )


def _way(start: Point, path: str) -> Sequence[Point]:
    return flatten(f"M{start[0]:g} {start[1]:g}{path}")[0][1:]


def _go_over(points: list[Point], end: Point) -> None:
    """
    Adds a flowing S to a point: level where it starts and where it ends.
    """
    if not points:
        points.append(end)
        return
    (x1, y1), (x2, y2) = points[-1], end
    middle = (x1 + x2) / 2
    ((_, *way),) = flatten(f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}")
    points.extend(way)
