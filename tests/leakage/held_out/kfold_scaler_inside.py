# %%
import numpy as np, pandas as pd
from sklearn.model_selection import KFold
from sklearn.preprocessing import RobustScaler
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
data = pd.read_csv("concrete.csv")
X = data.drop(columns="strength").values
y = data["strength"].values
# %%
kf = KFold(n_splits=5, shuffle=True, random_state=0)
rmse = []
for train_idx, test_idx in kf.split(X):
    scaler = RobustScaler().fit(X[train_idx])
    model = Ridge(alpha=1.0).fit(scaler.transform(X[train_idx]), y[train_idx])
    pred = model.predict(scaler.transform(X[test_idx]))
    rmse.append(np.sqrt(mean_squared_error(y[test_idx], pred)))
np.mean(rmse)
