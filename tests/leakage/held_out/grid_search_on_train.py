# %%
import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.pipeline import Pipeline
loans = pd.read_csv("loans.csv")
X = loans.drop(columns="default")
y = loans["default"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
# %%
pipe = Pipeline([("scale", StandardScaler()), ("rf", RandomForestClassifier(random_state=0))])
grid = GridSearchCV(pipe, {"rf__max_depth": [3, 6, 9]}, cv=3, scoring="roc_auc")
grid.fit(X_train, y_train)
print(grid.best_params_, grid.best_score_)
# %%
best = grid.best_estimator_
best.score(X_test, y_test)
