# %%
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import Normalizer, PolynomialFeatures
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
logs = pd.read_csv("logs.csv")
X = HashingVectorizer(n_features=2**16).fit_transform(logs["line"])
X = Normalizer().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, logs["alert"], random_state=0)
sgd = SGDClassifier().fit(X_train, y_train)
sgd.score(X_test, y_test)
