# %%
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

def clean(text):
    return " ".join(w for w in text.lower().split() if w.isalpha())

def vectorise(texts, size):
    counts = CountVectorizer(max_features=size).fit_transform(texts)  # leak: POC501
    return TruncatedSVD(50).fit_transform(counts)

def fit_and_score(X, y):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = LogisticRegression().fit(X_train, y_train)
    return model.score(X_test, y_test)
# %%
mails = pd.read_csv("mails.csv")
mails["clean"] = mails["body"].apply(clean)
print(fit_and_score(vectorise(mails["clean"], 3000), mails["label"]))
