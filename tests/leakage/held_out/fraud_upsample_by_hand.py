# %%
import pandas as pd
from sklearn.utils import resample
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import recall_score
tx = pd.read_csv("transactions.csv")
# %%
fraud = tx[tx.is_fraud == 1]
normal = tx[tx.is_fraud == 0]
fraud_up = resample(fraud, replace=True, n_samples=len(normal), random_state=1)  # leak: POC505
balanced = pd.concat([normal, fraud_up])
balanced.is_fraud.value_counts()
# %%
X = balanced.drop(columns="is_fraud")
y = balanced.is_fraud
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
lr = LogisticRegression(max_iter=1000)
lr.fit(X_train, y_train)
print("recall", recall_score(y_test, lr.predict(X_test)))
