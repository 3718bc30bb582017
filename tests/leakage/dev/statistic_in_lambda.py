# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
jobs = pd.read_csv("jobs.csv")
jobs["words"] = jobs["description"].apply(lambda text: len(text.split()))
jobs["long"] = jobs["words"].apply(lambda w: 1 if w > jobs["words"].median() else 0)  # leak: POC501
# %%
train, test = train_test_split(jobs, test_size=0.33, random_state=2)
nb = GaussianNB()
nb.fit(train[["words", "long"]], train["senior"])
nb.score(test[["words", "long"]], test["senior"])
