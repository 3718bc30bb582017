# Was held out; a rule was mended by it.
# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score, mean_squared_error
ads = pd.read_csv("advertising.csv")
X, y = ads[["tv", "radio", "newspaper"]], ads["sales"]
# %%
model = LinearRegression()
model.fit(X, y)
fitted = model.predict(X)
print("R2:", r2_score(y, fitted))  # leak: POC504
print("MSE:", mean_squared_error(y, fitted))
