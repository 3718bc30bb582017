# %%
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.model_selection import train_test_split
from sklearn import metrics
messages = pd.read_csv("sms.tsv", sep="\t", names=["label", "text"])
messages["text"] = messages["text"].str.lower().str.replace(r"[^a-z ]", " ", regex=True)
# %%
vec = TfidfVectorizer(stop_words="english", ngram_range=(1, 2))
features = vec.fit_transform(messages["text"])  # leak: POC501
# %%
Xa, Xb, ya, yb = train_test_split(features, messages["label"], random_state=0)
nb = MultinomialNB()
nb.fit(Xa, ya)
print(metrics.classification_report(yb, nb.predict(Xb)))
