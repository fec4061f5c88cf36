"""The peers that are Python: TF-IDF of characters with logistic regression, by scikit-learn.

peers.py folds POSTS            POSTS has {"text", "label", "fold"} a line; prints a score a line, each
                                by a model learned from the other folds (fold -1 is never tested)
peers.py learn POSTS MODEL      learns from all of them
peers.py score POSTS MODEL      prints a score a line
"""
import json
import pickle
import sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def learned(posts):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True, max_features=400_000),
        LogisticRegression(C=10, class_weight="balanced", max_iter=300),
    )
    return model.fit([p["text"] for p in posts], [p["label"] for p in posts])


def main(task, path, *model):
    posts = read(path)
    if task == "folds":
        scores = [0.0] * len(posts)
        for fold in sorted({p["fold"] for p in posts} - {-1}):
            test = [i for i, p in enumerate(posts) if p["fold"] == fold]
            judged = learned([p for p in posts if p["fold"] != fold]).decision_function([posts[i]["text"] for i in test])
            for i, score in zip(test, judged):
                scores[i] = float(score)
    elif task == "learn":
        with open(model[0], "wb") as out:
            pickle.dump(learned(posts), out)
        return
    else:
        with open(model[0], "rb") as file:
            scores = pickle.load(file).decision_function([p["text"] for p in posts])
    print("\n".join(f"{s:.9g}" for s in scores))


main(*sys.argv[1:])
