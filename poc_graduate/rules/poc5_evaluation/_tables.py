"""What calls of pandas, numpy, scikit-learn, imbalanced-learn, keras and their like do to rows."""

from __future__ import annotations

import re

STATEFUL = frozenset(
    """StandardScaler MinMaxScaler MaxAbsScaler RobustScaler QuantileTransformer PowerTransformer
    KBinsDiscretizer SplineTransformer KernelCenterer
    Imputer SimpleImputer IterativeImputer KNNImputer
    SelectKBest SelectPercentile SelectFromModel SelectFpr SelectFdr SelectFwe RFE RFECV
    GenericUnivariateSelect SequentialFeatureSelector VarianceThreshold BorutaPy
    PCA IncrementalPCA KernelPCA SparsePCA TruncatedSVD FastICA NMF FactorAnalysis
    LatentDirichletAllocation LinearDiscriminantAnalysis Isomap TSNE UMAP
    CountVectorizer TfidfVectorizer TfidfTransformer Tokenizer TextVectorization Normalization
    KMeans MiniBatchKMeans GaussianMixture AgglomerativeClustering DBSCAN Birch
    TargetEncoder MEstimateEncoder CatBoostEncoder LeaveOneOutEncoder JamesSteinEncoder WOEEncoder
    CountEncoder Winsorizer YeoJohnsonTransformer MeanMedianImputer""".split()
)
"""Transformers that learn the distribution of the rows they are fitted on."""

NEUTRAL = frozenset(
    """LabelEncoder OneHotEncoder OrdinalEncoder LabelBinarizer MultiLabelBinarizer Normalizer
    Binarizer PolynomialFeatures FunctionTransformer HashingVectorizer DictVectorizer FeatureHasher
    ImageDataGenerator BinaryEncoder""".split()
)
"""Transformers that work row by row, or learn which categories there are and no more."""

CLUSTERS = frozenset(
    "KMeans MiniBatchKMeans GaussianMixture AgglomerativeClustering DBSCAN".split()
)
COMPOSED = frozenset(
    """Pipeline make_pipeline ColumnTransformer make_column_transformer FeatureUnion make_union
    DataFrameMapper""".split()
)
ESTIMATOR = re.compile(
    "Classifier|Regress|SV[CR]$|Ridge|Lasso|ElasticNet|NB$|Neighbors|Forest|Boost|Perceptron|MLP"
    "|XGB|LGBM|Sequential|Model$|Discriminant|SearchCV|Estimator"
)
"""Names of classes that predict."""
SEARCHES = re.compile(
    r"(GridSearch|RandomizedSearch|BayesSearch|HalvingGridSearch)\w*$|\w+SearchCV$"
)
CROSS_VALIDATED = frozenset("cross_val_score cross_validate cross_val_predict".split())
BOOSTED_FOLDS = "cv"
"""What xgboost, lightgbm and catboost call the function that tries parameters on folds."""
SPLITTER = re.compile(r"(\w*Fold|\w*Split|LeaveOneOut|LeaveP\w*|LeaveOne\w*)$")

OVERSAMPLERS = frozenset(
    """RandomOverSampler SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE KMeansSMOTE SVMSMOTE SMOTEENN
    SMOTETomek""".split()
)
RESAMPLE = frozenset("fit_resample fit_sample".split())

LEARNERS = frozenset("fit fit_generator partial_fit train_on_batch".split())
PREDICTS = frozenset(
    """predict predict_proba predict_classes predict_log_proba decision_function
    predict_generator""".split()
)
SCORES = frozenset("score evaluate evaluate_generator".split())
METRICS = frozenset(
    """accuracy_score balanced_accuracy_score average_precision_score brier_score_loss
    classification_report cohen_kappa_score confusion_matrix f1_score fbeta_score hamming_loss
    jaccard_score log_loss matthews_corrcoef precision_recall_fscore_support precision_score
    recall_score roc_auc_score zero_one_loss explained_variance_score max_error
    mean_absolute_error mean_squared_error mean_squared_log_error root_mean_squared_error
    median_absolute_error mean_absolute_percentage_error r2_score mean_poisson_deviance
    mean_pinball_loss roc_curve precision_recall_curve auc crosstab ndcg_score
    top_k_accuracy_score""".split()
)

_OF_NUMBERS = frozenset(
    """explained_variance_score max_error mean_absolute_error mean_squared_error
    mean_squared_log_error root_mean_squared_error median_absolute_error
    mean_absolute_percentage_error r2_score mean_poisson_deviance mean_pinball_loss""".split()
)


def kind_of_metric(name: str) -> str:
    """Whether a metric compares numbers or classes; empty of one that does either."""
    if name not in METRICS or name in ("crosstab", "auc"):
        return ""
    return "numbers" if name in _OF_NUMBERS else "classes"


STATISTICS = frozenset(
    """mean median std var min max quantile mode sum value_counts describe skew sem agg aggregate
    nanmean nanmedian nanstd nanvar nanmin nanmax nanquantile nanpercentile percentile average
    amin amax""".split()
)
"""Reductions over rows."""
BY_GROUP = frozenset("groupby resample".split())
LEARNING_FUNCTIONS = frozenset(
    "qcut scale minmax_scale robust_scale maxabs_scale quantile_transform power_transform zscore "
    "boxcox yeojohnson".split()
)
"""Functions that learn from all rows and give them back changed."""
WINDOWS = frozenset("rolling ewm expanding".split())
LAGS = frozenset("shift rolling ewm pct_change diff".split())

STACKED = frozenset("concat vstack concatenate append row_stack concatenate_v2".split())
SAME_ROWS_OF_FIRST = frozenset("hstack column_stack merge join c_ assign insert".split())

DATA_CLASSES = frozenset(
    """DataFrame Series DMatrix Dataset Pool DataLoader TensorDataset Index Variable GeoDataFrame
    Tensor LongTensor FloatTensor QuantileDMatrix""".split()
)
"""Names in capitals that hold rows, and are no models."""
NO_MODELS = frozenset(
    """Path Counter Dict List Figure Image Markdown HTML Timestamp Timedelta Adam SGD RMSprop
    Parallel ParameterGrid ThreadPoolExecutor Dense Dropout LSTM Conv2D Flatten Embedding Input
    Activation Exception ValueError""".split()
)
STATSMODELS = frozenset(
    "OLS GLS WLS GLM Logit Probit Poisson MNLogit ols glm logit wls ARIMA SARIMAX AutoReg "
    "ExponentialSmoothing VAR".split()
)
"""Models that are given their rows when they are made."""

MODULES = frozenset(
    "pd np plt sns tf xgb lgb sm smf nn torch keras sklearn stats metrics preprocessing".split()
)
"""Names that are modules, also where the import stands in no cell."""

NO_ROWS = frozenset(
    """zeros ones empty arange linspace range len int float str bool list dict set print type eye
    sorted figure subplots subplot show title seed set_style set_option filterwarnings time now
    getattr isinstance format logspace geomspace dict open round abs""".split()
)
"""Calls whose result holds no rows of data where no argument does."""
NOT_ROWS = frozenset(
    """shape columns dtypes dtype size ndim nunique unique keys info isnull_sum plot
    hist boxplot scatter get_feature_names get_feature_names_out feature_importances_ coef_
    best_params_ history""".split()
)
"""Attributes and methods whose result is no longer rows that a model could learn."""

ROLE = re.compile(
    r"(?:^|_|(?<=[a-z])(?=[A-Z]))"
    r"((?i:train|trn|tr|test|tst|te|val|valid|validation|dev|holdout|eval|va))(?=$|_|\d|[A-Z])"
    r"|((?i:train|test|valid|(?<=[xy])val))"
)
_ROLES = {
    "train": "train", "trn": "train", "tr": "train",
    "test": "test", "tst": "test", "te": "test", "holdout": "test", "eval": "test",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "va": "val",
}  # fmt: skip


def role(name: str) -> str:
    """`train`, `test` or `val`, where a name says so; empty else."""
    found = ROLE.search(name)
    return _ROLES[(found[1] or found[2]).lower()] if found else ""
