"""A clip as a file: asked for once, limited, its end noted, and given to nobody but who asked."""

import asyncio
from pathlib import Path

import pytest

from shopcast import media
from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import Principal
from shopcast.media import FinishExport
from shopcast.media.exports.model import EXPORTS_WAITING_MAX
from shopcast.media.exports.render import vertical_size
from shopcast.media.http.routes import _downloadable, _own_export
from tests.factories import TestBackend, person, refused
from tests.media.support import Air, at

ANNA, BEN = person("usr_anna"), person("usr_ben")


@pytest.fixture
def air(backend: TestBackend) -> Air:
    air = Air.of(backend)
    air.tell("ready", 0, epoch=1)
    return air


def ask(air: Air, begin: float = 0, end: float = 10, form: str = "mp4", by: Principal = ANNA) -> str:
    return air.do("request_export", at(begin), at(end), form, by=by)


def test_asking_again_gives_the_same_export(air: Air) -> None:
    first = ask(air)
    assert ask(air) == first
    assert len({first, ask(air, form="vertical"), ask(air, end=11), ask(air, by=BEN)}) == 4
    # What is done is made anew: the recording may have changed since.
    air.backend.run(FinishExport(export_id=first, blob_key="exports/a.mp4"))
    assert ask(air) != first
    jobs = air.backend.rows("SELECT count(*) FROM kernel_jobs WHERE name = 'media.make_export'")
    assert jobs == [(5,)]


def test_so_many_wait_and_so_long_is_a_clip(air: Air) -> None:
    for end in range(EXPORTS_WAITING_MAX):
        ask(air, end=10 + end)
    with refused("media.too_many_exports", limit=EXPORTS_WAITING_MAX):
        ask(air, end=99)
    for begin, end in ((5, 5), (5, 4), (0, 1801)):
        with refused("media.stretch_outside_recording"):
            ask(air, begin, end)


def test_the_end_is_noted_once(air: Air) -> None:
    export_id = ask(air)
    air.backend.run(FinishExport(export_id=export_id, failure="no picture"))
    air.backend.run(FinishExport(export_id=export_id, blob_key="exports/late.mp4"))
    found = air.backend.read(media.export, export_id)
    assert (found.state, found.failure, found.blob_key) == ("failed", "no picture", None)
    assert air.events().count("export_finished") == 1


def test_only_who_asked_may_know_of_it(air: Air) -> None:
    export_id = ask(air)
    assert air.backend.read(_own_export, export_id, ANNA).id == export_id
    for other in (BEN, person("usr_root"), Principal(guest_id="gst_1")):
        with pytest.raises(Exception, match="export") as caught:
            air.backend.read(_own_export, export_id, other)
        assert getattr(caught.value, "status", 0) == 404


def test_a_file_made_before_a_stretch_was_taken_out_is_not_given_any_more(air: Air) -> None:
    export_id = ask(air)
    air.backend.run(FinishExport(export_id=export_id, blob_key="exports/a.mp4"))
    air.backend.advance(seconds=30)
    air.do("redact", at(20), at(25))
    assert air.backend.read(_downloadable, export_id, ANNA).state == "done"
    cut = air.do("redact", at(9), at(20))
    with pytest.raises(Exception, match=r"outdated|taken out") as caught:
        air.backend.read(_downloadable, export_id, ANNA)
    assert getattr(caught.value, "code", "") == "media.export_outdated"
    air.do("unredact", cut)
    assert air.backend.read(_downloadable, export_id, ANNA).state == "done"


class FullDisk(DiskBlobs):
    def put(self, key: str, content: bytes, content_type: str) -> None:
        raise OSError(28, "No space left on device")


def test_what_can_not_be_rendered_is_told(air: Air, tmp_path: Path) -> None:
    """The renderer meets a media server that is not there: its last line is kept, in one try."""
    export_id = ask(air)
    run_jobs(air, DiskBlobs(tmp_path / "blobs"))
    found = air.backend.read(media.export, export_id)
    assert found.state == "failed"
    assert found.failure
    assert "refused" in found.failure.lower()


def run_jobs(air: Air, blobs: DiskBlobs) -> None:
    backend = air.backend
    context = JobContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=backend.settings,
        ports={"blobs": blobs},
    )
    asyncio.run(JobRunner(backend.registry, context, backend.wakes).run_due())


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((1280, 720), (404, 720)), ((1920, 1080), (606, 1080)), ((720, 1280), (720, 1280)), ((500, 1281), (500, 888))],
)
def test_vertical_pictures_are_the_largest_inside(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert vertical_size(*size) == wanted
