"""A program on scikit-learn, Optuna and joblib; its calls were recorded when it ran on the real library, and the marks say the same."""
import numpy as np, optuna
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, RegressorMixin
from sklearn.pipeline import Pipeline, FeatureUnion, make_pipeline
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_score,
    RandomizedSearchCV,
    cross_validate,
)
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.metrics import make_scorer
from sklearn.ensemble import VotingClassifier, BaggingClassifier, StackingClassifier
from joblib import Parallel, delayed

optuna.logging.set_verbosity(optuna.logging.WARNING)


class Pick(BaseEstimator, TransformerMixin):
    def __init__(self, k=0):
        self.k = k

    def fit(self, X, y=None):
        self._check(X)  #> recorded_sklearn.Pick._check
        return self

    def _check(self, X):
        pass

    def transform(self, X):
        return X[:, [self.k]]


class Rule(ClassifierMixin, BaseEstimator):
    def __init__(self, t=0.5):
        self.t = t

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self._learn(X)  #> recorded_sklearn.Rule._learn
        return self

    def _learn(self, X):
        self.m = X.mean()

    def predict(self, X):
        return self._vote(X)  #> recorded_sklearn.Rule._vote

    def _vote(self, X):
        return (X[:, 0] > self.m * self.t).astype(int)

    def predict_proba(self, X):
        p = self.predict(X)  #> recorded_sklearn.Rule.predict
        return np.stack([1 - p, p], 1)


def logit(X):
    return np.log1p(np.abs(X))


def gain(y, p):
    return float((y == p).mean())


def objective(trial):
    t = trial.suggest_float("t", 0, 1)
    return score(t)  #> recorded_sklearn.score


def score(t):
    return t * t


def sq(i):
    return i * i


def main():
    X = np.random.rand(40, 3)
    y = (X[:, 0] > 0.5).astype(int)
    pipe = Pipeline(
        [
            ("u", FeatureUnion([("a", Pick(0)), ("b", Pick(1))])),  #> recorded_sklearn.Pick.__init__
            ("f", FunctionTransformer(logit)),
            ("m", Rule()),  #> recorded_sklearn.Rule.__init__
        ]
    )
    pipe.fit(X, y)  #> recorded_sklearn.Pick.fit recorded_sklearn.Pick.transform recorded_sklearn.Rule.fit recorded_sklearn.logit
    pipe.predict(X)  #> recorded_sklearn.Pick.transform recorded_sklearn.Rule.predict recorded_sklearn.logit
    pipe.score(X, y)  #> recorded_sklearn.Pick.transform recorded_sklearn.Rule.predict recorded_sklearn.logit
    g = GridSearchCV(pipe, {"m__t": [0.3, 0.6]}, scoring=make_scorer(gain), cv=2)
    g.fit(X, y)  #> recorded_sklearn.Pick.fit recorded_sklearn.Pick.transform recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict recorded_sklearn.gain recorded_sklearn.logit
    g.predict(X)  #> recorded_sklearn.Pick.transform recorded_sklearn.Rule.predict recorded_sklearn.logit
    cross_val_score(Rule(), X, y, cv=2)  #> recorded_sklearn.Rule.__init__ recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict
    cross_validate(Rule(), X, y, cv=2, scoring={"g": make_scorer(gain)})  #> recorded_sklearn.Rule.__init__ recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict recorded_sklearn.gain
    ct = ColumnTransformer([("a", Pick(0), [0, 1]), ("s", StandardScaler(), [2])])  #> recorded_sklearn.Pick.__init__
    ct.fit_transform(X)  #> recorded_sklearn.Pick.fit recorded_sklearn.Pick.transform
    VotingClassifier([("a", Rule()), ("b", Rule(0.2))], voting="soft").fit(X, y).predict(X)  #> recorded_sklearn.Rule.__init__ recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict recorded_sklearn.Rule.predict_proba
    BaggingClassifier(Rule(), n_estimators=2).fit(X, y).predict(X)  #> recorded_sklearn.Rule.__init__ recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict recorded_sklearn.Rule.predict_proba
    StackingClassifier([("a", Rule())], cv=2).fit(X, y).predict(X)  #> recorded_sklearn.Rule.__init__ recorded_sklearn.Rule.fit recorded_sklearn.Rule.predict recorded_sklearn.Rule.predict_proba
    s = optuna.create_study()
    s.optimize(objective, n_trials=2, callbacks=[cb])  #> recorded_sklearn.cb recorded_sklearn.objective
    Parallel(n_jobs=1)(delayed(sq)(i) for i in range(3))  #> recorded_sklearn.sq


def cb(study, trial):
    pass


main()  #> recorded_sklearn.main
