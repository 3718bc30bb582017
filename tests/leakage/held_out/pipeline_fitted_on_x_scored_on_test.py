# %%
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
d = pd.read_csv("abalone.csv")
features, target = d.drop(columns=["rings"]), d["rings"]
# %%
f_train, f_test, t_train, t_test = train_test_split(features, target, test_size=0.2, random_state=11)
# %%
steps = Pipeline([("s", StandardScaler()), ("m", ElasticNet(alpha=0.01))])
steps.fit(features, target)  # leak: POC502
# %%
print("rmse", mean_squared_error(t_test, steps.predict(f_test)) ** 0.5)
