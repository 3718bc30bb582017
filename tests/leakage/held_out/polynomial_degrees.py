# %%
import numpy as np, pandas as pd
from sklearn.preprocessing import PolynomialFeatures
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score
d = pd.read_csv("curve.csv")
X_train, X_test, y_train, y_test = train_test_split(d[["x"]], d["y"], test_size=0.3, random_state=1)
# %%
for degree in [1, 2, 3, 5, 8]:
    poly = make_pipeline(PolynomialFeatures(degree), LinearRegression())
    poly.fit(X_train, y_train)
    print(degree, r2_score(y_test, poly.predict(X_test)))  # leak: POC503
