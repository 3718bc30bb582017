# %%
# fewer of the many: nothing is copied
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import recall_score
tx = pd.read_csv("transactions.csv")
fraud = tx[tx["is_fraud"] == 1]
normal = tx[tx["is_fraud"] == 0].sample(n=len(fraud), random_state=1)
small = pd.concat([fraud, normal]).sample(frac=1, random_state=1)
# %%
X_train, X_test, y_train, y_test = train_test_split(small.drop(columns="is_fraud"), small["is_fraud"], test_size=0.2)
lr = LogisticRegression(max_iter=1000).fit(X_train, y_train)
recall_score(y_test, lr.predict(X_test))
