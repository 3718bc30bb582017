# %% [markdown]
# # Churn: can we see it coming?
# %%
import pandas as pd
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
# %%
customers = pd.read_csv("customers.csv")
customers["TotalCharges"] = pd.to_numeric(customers["TotalCharges"], errors="coerce")
customers = customers.dropna()
customers.head()
# %%
y = (customers["Churn"] == "Yes").astype(int)
X = pd.get_dummies(customers.drop(columns=["Churn", "customerID"]))
# %%
scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(X_scaled, y, test_size=0.2, random_state=7)
model = LogisticRegression(max_iter=500)
model.fit(X_train, y_train)
roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
