"""Modules and the distributions that bring them, where the two have other names."""

from __future__ import annotations

import re

DISTRIBUTIONS = {
    "attr": "attrs",
    "Bio": "biopython",
    "bs4": "beautifulsoup4",
    "community": "python-louvain",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "imblearn": "imbalanced-learn",
    "imdb": "cinemagoer",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "Levenshtein": "levenshtein",
    "magic": "python-magic",
    "mpl_finance": "mpl-finance",
    "mpl_toolkits.basemap": "basemap",
    "MySQLdb": "mysqlclient",
    "nacl": "PyNaCl",
    "OpenSSL": "pyOpenSSL",
    "osgeo": "GDAL",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pytorch_lightning": "pytorch-lightning",
    "sentence_transformers": "sentence-transformers",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "skmultilearn": "scikit-multilearn",
    "skopt": "scikit-optimize",
    "sksurv": "scikit-survival",
    "slugify": "python-slugify",
    "umap": "umap-learn",
    "usb": "pyusb",
    "wx": "wxPython",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Imported name → what to install."""


# Of Google's cloud each service is a distribution; what all of them share is brought by any.
_CLOUD = re.compile(
    r"google\.cloud\.(?!exceptions$|client$|sql$)(?P<service>[a-z]\w*?)(?:_v\d\w*)?"
)


def distribution(module: str) -> str:
    """What to install for a module.

    Args:
        module: The first part of what is imported; of a folder that several fill, two parts, and of
            Google's cloud three.

    >>> distribution("sklearn"), distribution("pandas"), distribution("google.cloud.vision_v1")
    ('scikit-learn', 'pandas', 'google-cloud-vision')
    """
    if (match := _CLOUD.fullmatch(module)) is not None:
        return f"google-cloud-{match['service'].replace('_', '-')}"
    return DISTRIBUTIONS.get(module, module)


def in_shared_folder(path: str) -> str:
    """Of what is imported from a folder that several distributions fill, the part that is one.

    Empty where it is none of them.

    >>> in_shared_folder("google.cloud.storage.Client"), in_shared_folder("google.colab.drive")
    ('google.cloud.storage', '')
    """
    parts = path.split(".")
    two, three = ".".join(parts[:2]), ".".join(parts[:3])
    if two in DISTRIBUTIONS:
        return two if len(parts) > 1 else ""
    return three if _CLOUD.fullmatch(three) else ""
