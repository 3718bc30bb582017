"""Which libraries bring others along: what each requires itself, and so what all of that brings."""

from __future__ import annotations

from functools import cache

from poc_graduate.dataflow.distributions import distribution

# Distribution → those that it requires in its releases of the last years. Not all of them: those
# that notebooks import. Names as installers write them (PEP 503).
_REQUIRES = {
    "altair": "jinja2 jsonschema typing-extensions",
    "anthropic": "httpx pydantic typing-extensions",
    "bertopic": "hdbscan umap-learn pandas plotly scikit-learn sentence-transformers tqdm numpy",
    "bokeh": "jinja2 numpy packaging pillow pyyaml tornado",
    "catboost": "graphviz matplotlib numpy pandas plotly scipy six",
    "category-encoders": "numpy pandas patsy scikit-learn scipy statsmodels",
    "cufflinks": "numpy pandas plotly ipywidgets",
    "dash": "flask plotly requests",
    "dask": "cloudpickle fsspec packaging pyyaml toolz",
    "datasets": "dill fsspec huggingface-hub numpy pandas pyarrow requests tqdm pyyaml",
    "distributed": "cloudpickle dask jinja2 packaging psutil pyyaml toolz tornado",
    "evaluate": "datasets dill fsspec huggingface-hub numpy pandas requests tqdm",
    "evidently": "nltk numpy pandas plotly pydantic pyyaml requests scikit-learn scipy statsmodels",
    "fastapi": "pydantic starlette typing-extensions",
    "featuretools": "cloudpickle numpy packaging pandas psutil scipy tqdm",
    "flask": "click itsdangerous jinja2 werkzeug",
    "folium": "branca jinja2 numpy requests",
    "gensim": "numpy scipy smart-open",
    "geopandas": "numpy packaging pandas pyproj shapely",
    "gradio": "fastapi httpx huggingface-hub jinja2 numpy pandas pillow pydantic pyyaml uvicorn",
    "gymnasium": "cloudpickle numpy typing-extensions",
    "hdbscan": "joblib numpy scikit-learn scipy",
    "huggingface-hub": "filelock fsspec packaging pyyaml tqdm typing-extensions",
    "hyperopt": "cloudpickle networkx numpy scipy six tqdm",
    "imbalanced-learn": "joblib numpy scikit-learn scipy threadpoolctl",
    "jupyter-dash": "dash flask requests ipython",
    "kaggle": "python-dateutil python-slugify requests six tqdm urllib3",
    "keybert": "numpy rich scikit-learn sentence-transformers",
    "langchain": "langchain-core pydantic pyyaml requests sqlalchemy",
    "lazypredict": "click joblib lightgbm pandas scikit-learn tqdm xgboost",
    "librosa": "audioread decorator joblib numba numpy scikit-learn scipy soundfile",
    "lightgbm": "numpy scipy",
    "lime": "matplotlib numpy scikit-image scikit-learn scipy tqdm",
    "matplotlib": "contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing"
    " python-dateutil",
    "missingno": "matplotlib numpy scipy seaborn",
    "mlflow": "alembic cloudpickle docker flask gitpython jinja2 matplotlib numpy packaging pandas"
    " pyarrow pydantic pyyaml requests scikit-learn scipy sqlalchemy typing-extensions",
    "mlxtend": "joblib matplotlib numpy pandas scikit-learn scipy",
    "nltk": "click joblib regex tqdm",
    "openai": "httpx pydantic tqdm typing-extensions",
    "optuna": "alembic colorlog numpy packaging pyyaml sqlalchemy tqdm",
    "pandas": "numpy python-dateutil",
    "papermill": "nbclient nbformat click pyyaml requests tqdm tenacity",
    "pingouin": "matplotlib numpy pandas scikit-learn scipy seaborn statsmodels tabulate",
    "plotnine": "matplotlib mizani numpy pandas scipy statsmodels",
    "pmdarima": "joblib numpy pandas scikit-learn scipy statsmodels urllib3",
    "prophet": "cmdstanpy holidays matplotlib numpy pandas tqdm",
    "cmdstanpy": "numpy pandas stanio tqdm",
    "pycaret": "category-encoders imbalanced-learn jinja2 joblib lightgbm matplotlib numpy pandas"
    " plotly psutil requests scikit-learn scipy tqdm yellowbrick",
    "pydantic": "annotated-types pydantic-core typing-extensions",
    "pytorch-tabnet": "numpy scikit-learn scipy torch tqdm",
    "pytorch-lightning": "fsspec packaging pyyaml torch torchmetrics tqdm typing-extensions",
    "scikit-image": "imageio lazy-loader networkx numpy packaging pillow scipy tifffile",
    "scikit-learn": "joblib numpy scipy threadpoolctl",
    "scipy": "numpy",
    "seaborn": "matplotlib numpy pandas",
    "sentence-transformers": "huggingface-hub pillow scikit-learn scipy torch tqdm transformers",
    "shap": "cloudpickle numba numpy packaging pandas scikit-learn scipy tqdm",
    "spacy": "jinja2 numpy packaging pydantic requests thinc tqdm typer",
    "sqlalchemy": "typing-extensions",
    "statsmodels": "numpy packaging pandas patsy scipy",
    "streamlit": "altair click gitpython numpy pandas pillow pyarrow requests tenacity tornado"
    " typing-extensions",
    "tensorflow": "absl-py h5py keras numpy packaging protobuf requests six tensorboard"
    " typing-extensions wrapt",
    "torch": "filelock fsspec jinja2 networkx sympy typing-extensions",
    "torchmetrics": "numpy packaging torch",
    "torchvision": "numpy pillow torch",
    "transformers": "filelock huggingface-hub numpy packaging pyyaml regex requests safetensors"
    " tokenizers tqdm",
    "umap-learn": "numba numpy pynndescent scikit-learn scipy tqdm",
    "wordcloud": "matplotlib numpy pillow",
    "xgboost": "numpy scipy",
    "yellowbrick": "cycler matplotlib numpy scikit-learn scipy",
    "ydata-profiling": "jinja2 matplotlib numpy pandas phik pydantic pyyaml requests scipy seaborn"
    " statsmodels tqdm wordcloud",
    "yfinance": "beautifulsoup4 numpy pandas requests",
}


@cache
def brought_by(module: str) -> frozenset[str]:
    """Libraries that bring a module's one along, whichever way.

    Examples:
        >>> "lazypredict" in brought_by("tqdm"), "mlflow" in brought_by("joblib")
        (True, True)
    """
    return frozenset(name for name in _REQUIRES if distribution(module).lower() in _all_of(name))


@cache
def _all_of(library: str) -> frozenset[str]:
    direct = frozenset(_REQUIRES.get(library, "").split())
    return direct.union(*map(_all_of, direct))
