from pathlib import Path

import pytest

from streams.adapters.releases.images import MOST_BYTES, Images
from streams.errors import InputError


async def test_an_image_is_read_by_its_reference(tmp_path: Path) -> None:
    (tmp_path / "a1.jpg").write_bytes(b"picture")
    assert await Images(tmp_path).read("a1.jpg") == b"picture"
    assert await Images(tmp_path).read("a2.jpg") is None


@pytest.mark.parametrize("reference", ["../secret", "/etc/passwd", "a/b", "", ".hidden", "a\x00b", "a" * 201])
async def test_no_reference_leads_out_of_the_folder(tmp_path: Path, reference: str) -> None:
    (tmp_path.parent / "secret").write_bytes(b"secret")
    (tmp_path / ".hidden").write_bytes(b"secret")
    assert await Images(tmp_path).read(reference) is None


async def test_a_link_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError):
        await Images(tmp_path).read("link")


async def test_an_image_that_is_too_large_is_told(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InputError, match="larger"):
        await Images(tmp_path).read("big")
