"""Modules and the distributions that bring them, where the two have other names."""

from __future__ import annotations

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


def distribution(module: str) -> str:
    """What to install for a module.

    Args:
        module: The first part of what is imported; of a folder that several fill, two parts.

    >>> distribution("sklearn"), distribution("pandas")
    ('scikit-learn', 'pandas')
    """
    return DISTRIBUTIONS.get(module, module)
