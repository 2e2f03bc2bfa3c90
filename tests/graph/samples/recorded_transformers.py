"""A program on the Trainer of transformers; its calls were recorded when it ran on the real library, and the marks say the same."""
import torch, numpy as np
from dataclasses import dataclass, field
from torch.utils.data import Dataset
from transformers import (
    Trainer,
    TrainingArguments,
    TrainerCallback,
    HfArgumentParser,
    PreTrainedModel,
    PretrainedConfig,
    EarlyStoppingCallback,
)
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.trainer_utils import EvalPrediction
from typing import Optional


@dataclass
class ModelArguments:
    hidden: int = field(default=8)

    def __post_init__(self):
        self.check()  #> recorded_transformers.ModelArguments.check

    def check(self):
        assert self.hidden


class TinyConfig(PretrainedConfig):
    model_type = "tiny"

    def __init__(self, hidden=8, num_labels=2, **kw):
        self.hidden = hidden
        super().__init__(num_labels=num_labels, **kw)


class TinyLayer(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.l = torch.nn.Linear(config.hidden, config.hidden)

    def forward(self, h):
        return torch.relu(self.l(h))


class TinyPre(PreTrainedModel):
    config_class = TinyConfig

    def _init_weights(self, m):
        if isinstance(m, torch.nn.Linear):
            self._fill(m)  #> recorded_transformers.TinyPre._fill

    def _fill(self, m):
        m.weight.data.normal_(0, 0.02)


class Tiny(TinyPre):
    def __init__(self, config):
        super().__init__(config)
        self.emb = torch.nn.Embedding(10, config.hidden)
        self.layers = torch.nn.ModuleList([TinyLayer(config) for _ in range(2)])  #> recorded_transformers.TinyLayer.__init__
        self.head = torch.nn.Linear(config.hidden, config.num_labels)
        self.post_init()  #> recorded_transformers.TinyPre._init_weights

    def encode(self, ids):
        h = self.emb(ids)
        for layer in self.layers:
            h = layer(h)  #> recorded_transformers.TinyLayer.forward
        return h.mean(1)

    def forward(self, input_ids=None, labels=None, **kw):
        logits = self.head(self.encode(input_ids))  #> recorded_transformers.Tiny.encode
        loss = torch.nn.functional.cross_entropy(logits, labels) if labels is not None else None
        return SequenceClassifierOutput(loss=loss, logits=logits)


class Words(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return dict(input_ids=self.text(i), labels=i % 2)  #> recorded_transformers.Words.text

    def text(self, i):
        return [i % 10] * 4


class Collator:
    def __init__(self, pad):
        self.pad = pad

    def __call__(self, features):
        return {k: self.stack(k, features) for k in features[0]}  #> recorded_transformers.Collator.stack

    def stack(self, k, fs):
        return torch.tensor([f[k] for f in fs])


class Chat(TrainerCallback):
    def on_train_begin(self, args, state, control, **kw):
        pass

    def on_log(self, args, state, control, logs=None, **kw):
        self.say(logs)  #> recorded_transformers.Chat.say

    def say(self, logs):
        pass

    def on_step_end(self, args, state, control, **kw):
        return control

    def on_evaluate(self, args, state, control, **kw):
        pass


def compute_metrics(p: EvalPrediction):
    return {"acc": accuracy(np.argmax(p.predictions, 1), p.label_ids)}  #> recorded_transformers.accuracy


def accuracy(a, b):
    return float((a == b).mean())


def preprocess_logits(logits, labels):
    return logits


class MyTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, **kw):
        out = model(**inputs)  #> recorded_transformers.Tiny.forward
        loss = self.smooth(out.loss)  #> recorded_transformers.MyTrainer.smooth
        return (loss, out) if return_outputs else loss

    def smooth(self, l):
        return l * 1.0

    def create_optimizer(self):
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        return self.optimizer

    def create_scheduler(self, num_training_steps, optimizer=None):
        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda s: 1.0)  #> recorded_transformers.MyTrainer.create_scheduler.<lambda1>
        return self.lr_scheduler

    def get_train_dataloader(self):
        return super().get_train_dataloader()  #> recorded_transformers.Words.__len__

    def log(self, logs, *a):
        super().log(logs, *a)  #> recorded_transformers.Chat.on_log


def main():
    parser = HfArgumentParser((ModelArguments,))
    (margs,) = parser.parse_args_into_dataclasses([])  #> recorded_transformers.ModelArguments.__post_init__
    args = TrainingArguments(
        "out",
        max_steps=3,
        per_device_train_batch_size=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=2,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        remove_unused_columns=False,
    )
    model = Tiny(TinyConfig(margs.hidden))  #> recorded_transformers.Tiny.__init__ recorded_transformers.TinyConfig.__init__
    t = MyTrainer(  #> recorded_transformers.Words.__len__
        model=model,
        args=args,
        train_dataset=Words(16),  #> recorded_transformers.Words.__init__
        eval_dataset=Words(8),  #> recorded_transformers.Words.__init__
        data_collator=Collator(0),  #> recorded_transformers.Collator.__init__
        compute_metrics=compute_metrics,
        callbacks=[Chat()],
        preprocess_logits_for_metrics=preprocess_logits,
    )
    t.train()  #> recorded_transformers.Chat.on_evaluate recorded_transformers.Chat.on_step_end recorded_transformers.Chat.on_train_begin recorded_transformers.Collator.__call__ recorded_transformers.MyTrainer.compute_loss recorded_transformers.MyTrainer.create_optimizer recorded_transformers.MyTrainer.create_scheduler recorded_transformers.MyTrainer.create_scheduler.<lambda1> recorded_transformers.MyTrainer.get_train_dataloader recorded_transformers.MyTrainer.log recorded_transformers.Words.__getitem__ recorded_transformers.Words.__len__ recorded_transformers.compute_metrics recorded_transformers.preprocess_logits
    print(t.evaluate())  #> recorded_transformers.Chat.on_evaluate recorded_transformers.Collator.__call__ recorded_transformers.MyTrainer.compute_loss recorded_transformers.MyTrainer.log recorded_transformers.Words.__getitem__ recorded_transformers.Words.__len__ recorded_transformers.compute_metrics recorded_transformers.preprocess_logits
    t.predict(Words(4))  #> recorded_transformers.Collator.__call__ recorded_transformers.MyTrainer.compute_loss recorded_transformers.Words.__getitem__ recorded_transformers.Words.__init__ recorded_transformers.Words.__len__ recorded_transformers.compute_metrics recorded_transformers.preprocess_logits


main()  #> recorded_transformers.main
