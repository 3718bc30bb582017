# %%
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split, RandomizedSearchCV
from sklearn.metrics import mean_absolute_error
rent = pd.read_csv("rent.csv")
X_train, X_test, y_train, y_test = train_test_split(rent.drop(columns="rent"), rent["rent"], random_state=0)
# %%
rf = RandomForestRegressor(random_state=0)
rf.fit(X_train, y_train)
print("plain", mean_absolute_error(y_test, rf.predict(X_test)))
# %%
search = RandomizedSearchCV(rf, {"max_depth": [None, 5, 10], "max_features": [0.3, 0.6]}, n_iter=5)
search.fit(X_train, y_train)
tuned = search.best_estimator_
print("tuned", mean_absolute_error(y_test, tuned.predict(X_test)))  # leak: POC503
