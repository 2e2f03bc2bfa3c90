import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
import joblib

n_estimators = 20  # stop: config


def load(path):
    return pd.read_csv(path)


table = load("table.csv")
train, test, answers, truth = train_test_split(table.drop(columns="y"), table["y"])  # stop: data
forest = RandomForestClassifier(n_estimators=n_estimators)  # stop: model
forest.fit(train, answers)  # stop: step
score = accuracy_score(truth, forest.predict(test))  # stop: metrics
print("accuracy", score)  # stop: logging
joblib.dump(forest, "forest.joblib")  # stop: checkpoint
