"""XGBoost and LightGBM: callbacks, objectives, metrics of one's own."""
import lightgbm as lgb
import xgboost as xgb


class Stop(xgb.callback.TrainingCallback):
    def before_training(self, model):
        return model

    def after_iteration(self, model, epoch, evals_log):
        return False


def objective(predicted, data):
    return 0, 0


def metric(predicted, data):
    return "m", 0


def note(environment):
    pass


xgb.train({}, None, obj=objective, custom_metric=metric, callbacks=[Stop()])  #> rules_boosting.objective rules_boosting.metric rules_boosting.Stop.before_training rules_boosting.Stop.after_iteration
lgb.train({"objective": objective}, None, feval=metric, callbacks=[note])  #> rules_boosting.objective rules_boosting.metric rules_boosting.note
model = xgb.XGBClassifier(objective=objective, callbacks=[Stop()])
model.fit(1, 2)  #> rules_boosting.objective rules_boosting.Stop.before_training rules_boosting.Stop.after_iteration
other = lgb.LGBMRegressor(objective=objective)
other.fit(1, 2, eval_metric=metric, callbacks=[note])  #> rules_boosting.objective rules_boosting.metric rules_boosting.note
