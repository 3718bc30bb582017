# %%
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import balanced_accuracy_score

def impute(train, test):
    imputer = SimpleImputer(strategy="median")
    train = pd.DataFrame(imputer.fit_transform(train), columns=train.columns)
    test = pd.DataFrame(imputer.transform(test), columns=test.columns)
    return train, test

def report(model, X, y, title):
    print(title, balanced_accuracy_score(y, model.predict(X)))
# %%
patients = pd.read_csv("patients.csv")
X = patients.drop(columns=["readmitted"])
X_train, X_test, y_train, y_test = train_test_split(X, patients["readmitted"], random_state=0)
X_train, X_test = impute(X_train, X_test)
trees = ExtraTreesClassifier().fit(X_train, y_train)
report(trees, X_train, y_train, "train")
report(trees, X_test, y_test, "test")
