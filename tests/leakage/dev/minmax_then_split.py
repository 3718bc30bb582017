# %%
import pandas as pd
from sklearn import preprocessing
from sklearn.model_selection import train_test_split
from sklearn.svm import SVR
raw = pd.read_csv("concrete.csv")
target = raw["strength"]
raw = raw.drop("strength", axis=1)
# %%
scaled = pd.DataFrame(preprocessing.MinMaxScaler().fit_transform(raw), columns=raw.columns)  # leak: POC501
scaled["ratio"] = scaled["water"] / scaled["cement"]
# %%
x_train, x_test, y_train, y_test = train_test_split(scaled, target, test_size=0.3)
svr = SVR(kernel="rbf")
svr.fit(x_train, y_train)
svr.score(x_test, y_test)
