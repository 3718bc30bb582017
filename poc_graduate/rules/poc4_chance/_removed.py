"""What libraries have taken away, since which release, and what stands there now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Removed:
    """One name that is gone.

    Attributes:
        since: Library and release without it.
        now: What does it today; empty where nothing does.
    """

    since: str
    now: str = ""


def _table(since: str, names: str) -> dict[str, Removed]:
    """`old>new old>new …` of one library and release."""
    pairs = (entry.partition(">") for entry in names.split())
    return {old: Removed(since, new.replace("~", " ")) for old, _, new in pairs}


BY_MODULE: dict[str, Removed] = {
    **_table(
        "NumPy 1.24",
        "numpy.float>float numpy.int>int numpy.object>object numpy.complex>complex numpy.str>str "
        "numpy.unicode>str",
    ),
    **_table(
        "NumPy 2.0",
        "numpy.NaN>np.nan numpy.Inf>np.inf numpy.infty>np.inf numpy.float_>np.float64 "
        "numpy.unicode_>np.str_ numpy.product>np.prod numpy.cumproduct>np.cumprod "
        "numpy.alltrue>np.all numpy.sometrue>np.any numpy.asfarray>np.asarray "
        "numpy.round_>np.round numpy.complex_>np.complex128 numpy.string_>np.bytes_",
    ),
    **_table(
        "pandas 1.0",
        "pandas.Panel "
        "pandas.rolling_mean>.rolling(…).mean() pandas.rolling_std>.rolling(…).std() "
        "pandas.ewma>.ewm(…).mean() pandas.TimeGrouper>pd.Grouper "
        "pandas.scatter_matrix>pd.plotting.scatter_matrix "
        "pandas.tools.plotting>pandas.plotting pandas.io.data>pandas_datareader "
        "pandas.io.wb>pandas_datareader.wb pandas.stats",
    ),
    **_table(
        "pandas 2.0",
        "pandas.Int64Index>pd.Index pandas.Float64Index>pd.Index pandas.np>numpy "
        "pandas.datetime>datetime.datetime",
    ),
    **_table(
        "scikit-learn 0.20",
        "sklearn.cross_validation>sklearn.model_selection sklearn.grid_search>"
        "sklearn.model_selection sklearn.learning_curve>sklearn.model_selection "
        "sklearn.lda>sklearn.discriminant_analysis sklearn.qda>sklearn.discriminant_analysis",
    ),
    **_table(
        "scikit-learn 0.22",
        "sklearn.preprocessing.Imputer>sklearn.impute.SimpleImputer "
        "sklearn.datasets.fetch_mldata>fetch_openml",
    ),
    **_table(
        "scikit-learn 0.23",
        "sklearn.externals.joblib>joblib sklearn.externals.six>six "
        "sklearn.metrics.jaccard_similarity_score>jaccard_score",
    ),
    **_table(
        "scikit-learn 0.24",
        "sklearn.datasets.samples_generator>sklearn.datasets "
        "sklearn.ensemble.partial_dependence>sklearn.inspection "
        "sklearn.ensemble.forest>sklearn.ensemble sklearn.svm.classes>sklearn.svm "
        "sklearn.neighbors.kde>sklearn.neighbors sklearn.utils.testing",
    ),
    **_table(
        "scikit-learn 1.2",
        "sklearn.datasets.load_boston>fetch_openml "
        "sklearn.metrics.plot_confusion_matrix>ConfusionMatrixDisplay.from_estimator "
        "sklearn.metrics.plot_roc_curve>RocCurveDisplay.from_estimator "
        "sklearn.metrics.plot_precision_recall_curve>PrecisionRecallDisplay.from_estimator",
    ),
    **_table(
        "SciPy 1.3",
        "scipy.misc.imread>imageio.imread scipy.misc.imresize>skimage.transform.resize "
        "scipy.misc.imsave>imageio.imwrite scipy.misc.comb>scipy.special.comb "
        "scipy.misc.factorial>scipy.special.factorial scipy.misc.logsumexp>scipy.special.logsumexp",
    ),
    **_table(
        "SciPy 1.14",
        "scipy.integrate.simps>scipy.integrate.simpson "
        "scipy.integrate.trapz>scipy.integrate.trapezoid "
        "scipy.integrate.cumtrapz>scipy.integrate.cumulative_trapezoid",
    ),
    **_table(
        "TensorFlow 2",
        "tensorflow.Session tensorflow.InteractiveSession tensorflow.placeholder "
        "tensorflow.global_variables_initializer tensorflow.get_variable tensorflow.contrib "
        "tensorflow.set_random_seed>tf.random.set_seed tensorflow.reset_default_graph "
        "tensorflow.train.AdamOptimizer>tf.keras.optimizers.Adam tensorflow.layers>tf.keras.layers "
        "tensorflow.train.GradientDescentOptimizer>tf.keras.optimizers.SGD "
        "tensorflow.examples.tutorials>tf.keras.datasets tensorflow.app tensorflow.ConfigProto "
        "tensorflow.summary.FileWriter>tf.summary.create_file_writer tensorflow.gfile>tf.io.gfile "
        "tensorflow.logging>tf.get_logger tensorflow.random_normal>tf.random.normal "
        "tensorflow.truncated_normal>tf.random.truncated_normal",
    ),
    **_table(
        "Keras 3",
        "keras.utils.np_utils>keras.utils keras.layers.normalization>keras.layers "
        "keras.layers.core>keras.layers keras.layers.convolutional>keras.layers "
        "keras.layers.recurrent>keras.layers keras.layers.embeddings>keras.layers "
        "keras.layers.merge>keras.layers",
    ),
    **_table("Keras 2.13", "keras.wrappers.scikit_learn>scikeras"),
    **_table(
        "statsmodels 0.13",
        "statsmodels.tsa.arima_model.ARIMA>statsmodels.tsa.arima.model.ARIMA "
        "statsmodels.tsa.arima_model.ARMA>statsmodels.tsa.arima.model.ARIMA",
    ),
    **_table("seaborn 0.12", "seaborn.factorplot>sns.catplot seaborn.tsplot>sns.lineplot"),
    **_table("gensim 4.0", "gensim.summarization"),
    **_table("plotly 4", "plotly.plotly>chart_studio.plotly"),
    **_table("Prophet 1.0", "fbprophet>prophet"),
    **_table("Python 3.8", "time.clock>time.perf_counter"),
    **_table(
        "Python 3.10",
        "collections.Iterable>collections.abc.Iterable "
        "collections.Mapping>collections.abc.Mapping "
        "collections.Callable>collections.abc.Callable "
        "collections.Sequence>collections.abc.Sequence "
        "collections.MutableMapping>collections.abc.MutableMapping",
    ),
    **_table("Python 3.12", "distutils>setuptools imp>importlib asyncore asynchat"),
}
"""Dotted name → what became of it; a module stands for all that is in it."""

STUBS = frozenset({"statsmodels.tsa.arima_model.ARIMA", "statsmodels.tsa.arima_model.ARMA"})
"""Those of them that are still there, and only say where to go when they are called."""

METHODS = {
    "append": Removed("pandas 2.0", "pd.concat"),
    "as_matrix": Removed("pandas 1.0", "to_numpy()"),
    "iteritems": Removed("pandas 2.0", "items()"),
    "get_value": Removed("pandas 1.0", ".at"),
    "set_value": Removed("pandas 1.0", ".at"),
    "sort": Removed("pandas 0.20", "sort_values"),
    "from_csv": Removed("pandas 1.0", "pd.read_csv"),
    "convert_objects": Removed("pandas 1.0", "infer_objects()"),
}
"""Methods of a data frame."""

FITTED = {
    "get_feature_names": Removed("scikit-learn 1.2", "get_feature_names_out()"),
    "predict_classes": Removed(
        "TensorFlow 2.6",
        "predict(…).argmax(axis=-1)`, of a single output `(predict(…) > 0.5).astype(int)",
    ),
    "fit_generator": Removed("Keras 3", "fit"),
    "predict_generator": Removed("Keras 3", "predict"),
    "evaluate_generator": Removed("Keras 3", "evaluate"),
}
"""Methods that only models of one library ever had."""

KEYWORDS = {
    ("read_csv", "error_bad_lines"): Removed("pandas 2.0", "on_bad_lines="),
    ("read_csv", "warn_bad_lines"): Removed("pandas 2.0", "on_bad_lines="),
    ("read_csv", "squeeze"): Removed("pandas 2.0", ".squeeze()"),
    ("fillna", "method"): Removed("pandas 3.0", ".ffill()` or `.bfill()"),
    ("read_excel", "sheetname"): Removed("pandas 0.25", "sheet_name="),
    ("hist", "normed"): Removed("Matplotlib 3.1", "density="),
    ("LinearRegression", "normalize"): Removed("scikit-learn 1.2", "StandardScaler"),
    ("Ridge", "normalize"): Removed("scikit-learn 1.2", "StandardScaler"),
    ("Lasso", "normalize"): Removed("scikit-learn 1.2", "StandardScaler"),
    ("OneHotEncoder", "sparse"): Removed("scikit-learn 1.4", "sparse_output="),
    ("OneHotEncoder", "categorical_features"): Removed("scikit-learn 0.22", "ColumnTransformer"),
    ("AgglomerativeClustering", "affinity"): Removed("scikit-learn 1.4", "metric="),
    ("KMeans", "n_jobs"): Removed("scikit-learn 1.0"),
    ("mean_squared_error", "squared"): Removed("scikit-learn 1.6", "root_mean_squared_error"),
    ("mean_squared_log_error", "squared"): Removed(
        "scikit-learn 1.6", "root_mean_squared_log_error"
    ),
    ("BaggingClassifier", "base_estimator"): Removed("scikit-learn 1.4", "estimator="),
    ("BaggingRegressor", "base_estimator"): Removed("scikit-learn 1.4", "estimator="),
    ("AdaBoostClassifier", "base_estimator"): Removed("scikit-learn 1.4", "estimator="),
    ("AdaBoostRegressor", "base_estimator"): Removed("scikit-learn 1.4", "estimator="),
}
"""Last name of the call, keyword → what became of it."""
