# %%
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler
from sklearn.model_selection import train_test_split
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import balanced_accuracy_score

def load(path):
    frame = pd.read_csv(path)
    return frame.drop(columns=["id"])

def preprocess(frame):
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = SimpleImputer(strategy="mean").fit_transform(frame[numbers])  # leak: POC501
    return frame

def split(frame, target):
    return train_test_split(frame.drop(columns=target), frame[target], random_state=0)

def evaluate(model, X, y):
    return balanced_accuracy_score(y, model.predict(X))
# %%
patients = preprocess(load("patients.csv"))
X_train, X_test, y_train, y_test = split(patients, "readmitted")
trees = ExtraTreesClassifier(n_estimators=300).fit(X_train, y_train)
evaluate(trees, X_test, y_test)
