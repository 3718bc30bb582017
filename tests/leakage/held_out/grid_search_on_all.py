# %%
import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.ensemble import RandomForestClassifier
loans = pd.read_csv("loans.csv")
X = loans.drop(columns="default")
y = loans["default"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
# %%
grid = GridSearchCV(RandomForestClassifier(random_state=0), {"max_depth": [3, 6, 9]}, cv=3, scoring="roc_auc")
grid.fit(X, y)  # leak: POC502
grid.best_params_
# %%
print(grid.score(X_test, y_test))
