# %%
import numpy as np, pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
d = pd.read_csv("prices.csv")
X, y = d.drop(columns="price"), d["price"]
X_train, X_hold, y_train, y_hold = train_test_split(X, y, test_size=0.4, random_state=0)
X_valid, X_test, y_valid, y_test = train_test_split(X_hold, y_hold, test_size=0.5, random_state=0)
# %%
errors = {}
for alpha in [0.01, 0.1, 1, 10]:
    ridge = Ridge(alpha=alpha).fit(X_train, y_train)
    errors[alpha] = mean_squared_error(y_valid, ridge.predict(X_valid))
best = min(errors, key=errors.get)
ridge = Ridge(alpha=best).fit(X_train, y_train)
print(mean_squared_error(y_test, ridge.predict(X_test)))
