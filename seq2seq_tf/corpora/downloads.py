"""Downloads: once, checked before they are kept, and nothing half-written left behind."""

import hashlib
import os
import pathlib
import warnings

TIMEOUT = (5, 30)  # seconds: to be connected, and without a byte


def cache_directory():
    """Says where downloads are kept: `SEQ2SEQ_TF_CACHE`, or the user's cache folder."""
    chosen = os.environ.get("SEQ2SEQ_TF_CACHE")
    return pathlib.Path(chosen) if chosen else pathlib.Path(downloader().os_cache("seq2seq_tf"))


def downloader():
    """Imports pooch, where it is needed and quietly: tqdm warns where a notebook has no widgets."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")
        import pooch
    return pooch


def cached(url, name, read, licence):
    """Reads a file from the cache, after downloading it where it is missing or altered.

    Args:
        url: Where it is.
        name: How it is called in the cache; may name a folder, too.
        read: Takes its path and gives its content; raises ValueError where that is not the known
            one. It is asked before the download takes its place in the cache.
        licence: Printed when the file is downloaded.
    Returns:
        What `read` gives.
    Raises:
        ConnectionError: The address cannot be reached, answers with an error, or breaks off.
        ValueError: What came is not the known file.
        OSError: The cache cannot be written.
    """
    import requests

    pooch, path = downloader(), cache_directory() / name
    if path.exists():
        try:
            return read(path)
        except ValueError:
            path.unlink()  # cut short or altered: once more
    print(f"{name}: {licence}")
    pooch.get_logger().setLevel("WARNING")  # it would print the address and a hash
    fetch = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)

    def fetch_and_read(address, temporary, asking):
        fetch(address, temporary, asking)
        read(pathlib.Path(temporary))

    try:
        pooch.retrieve(url, known_hash=None, fname=path.name, path=path.parent,
                       downloader=fetch_and_read)
    except requests.exceptions.RequestException as error:
        raise ConnectionError(
            f"{url} must be reachable, or the file stand at {path} already. "
            f"Received: {type(error).__name__}: {str(error)[:200]}") from error
    return read(path)


def checked(content, sha256, name):
    """Decodes a UTF-8 text whose hash is known.

    Raises:
        ValueError: It is another one.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{name} must have SHA-256 {sha256}: the known version, whole. "
                         f"Received: {found}, {len(content)} bytes")
    return content.decode("utf-8")
