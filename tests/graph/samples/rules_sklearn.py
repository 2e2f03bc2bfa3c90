"""scikit-learn: estimators, transformers, pipelines, searches, scorers."""
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer


class Scale(BaseEstimator, TransformerMixin):
    def fit(self, x, y=None):
        return self

    def transform(self, x):
        return x


class Guess(BaseEstimator, ClassifierMixin):
    def fit(self, x, y):
        return self

    def predict(self, x):
        return x


def log(x):
    return x


def cost(y, guess):
    return 0


Scale().fit_transform(1)  #> rules_sklearn.Scale.fit rules_sklearn.Scale.transform
Guess().score(1, 2)  #> rules_sklearn.Guess.predict
pipe = Pipeline([("scale", Scale()), ("guess", Guess())])
pipe.fit(1, 2)  #> rules_sklearn.Scale.fit rules_sklearn.Scale.transform rules_sklearn.Guess.fit
pipe.predict(1)  #> rules_sklearn.Scale.transform rules_sklearn.Guess.predict
made = make_pipeline(FunctionTransformer(log), Guess())
made.fit(1, 2)  #> rules_sklearn.log rules_sklearn.Guess.fit
columns = ColumnTransformer([("a", Scale(), ["a"])])
columns.fit_transform(1)  #> rules_sklearn.Scale.fit rules_sklearn.Scale.transform
both = FeatureUnion([("a", Scale()), ("b", Scale())])
both.fit_transform(1)  #> rules_sklearn.Scale.fit rules_sklearn.Scale.transform
search = GridSearchCV(Guess(), {}, scoring=make_scorer(cost))
search.fit(1, 2)  #> rules_sklearn.Guess.fit rules_sklearn.Guess.predict rules_sklearn.cost
search.predict(1)  #> rules_sklearn.Guess.predict
cross_val_score(Guess(), 1, 2)  #> rules_sklearn.Guess.fit rules_sklearn.Guess.predict
vote = VotingClassifier([("a", Guess())])
vote.fit(1, 2)  #> rules_sklearn.Guess.fit
vote.predict(1)  #> rules_sklearn.Guess.predict
bag = BaggingClassifier(Guess())
bag.fit(1, 2)  #> rules_sklearn.Guess.fit
stack = StackingClassifier([("a", Guess())], final_estimator=Guess())
stack.fit(1, 2)  #> rules_sklearn.Guess.fit rules_sklearn.Guess.predict
