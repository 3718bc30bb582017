# %%
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
claims = pd.read_csv("claims.csv")
X_train, X_test, y_train, y_test = train_test_split(claims.drop(columns="fraud"), claims["fraud"], random_state=4)
model = LogisticRegression(class_weight="balanced").fit(X_train, y_train)
proba = model.predict_proba(X_test)[:, 1]
# %%
best_f1, best_t = 0, 0.5
for t in np.arange(0.05, 0.95, 0.05):
    f1 = f1_score(y_test, proba > t)  # leak: POC503
    if f1 > best_f1:
        best_f1, best_t = f1, t
print(f"F1 {best_f1:.3f} at {best_t:.2f}")
