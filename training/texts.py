"""The texts on which the heads are measured; the model cards and goldens use the same ones."""

STORY = ("Once upon a time, there was a little girl named Lily. She had a big red ball. One day, Lily went to the park "
         "with her mom. She saw a boy named Ben. Ben wanted to play with the ball. Lily said yes and they played together.")
NAMES = "Tom Green and Mia Brown went to the park. Mia Brown saw a dog. Tom Green saw a cat. Mia Brown was happy and Tom Green"
LIST = "Mom went to the store and got apples, bread, milk, eggs, cheese, and a cake."
DOCTOR = "The doctor asked the nurse a question."

PAIRS = [
    ("The cat sat on the mat.", "The cat lay on the rug."),
    ("Lily had a red ball and she went to the park.", "The little girl took her red ball to the park."),
    ("Tom was very happy.", "He gave the dog a big bone."),
]

# English, German, and which German word (by number) renders which English word (by number); articles of the same noun too.
ALIGNED = [
    ("I like your dog.", "Ich mag deinen Hund.", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("Tom is very tired.", "Tom ist sehr müde.", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("The house is big.", "Das Haus ist groß.", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("We have no time.", "Wir haben keine Zeit.", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("She can swim well.", "Sie kann gut schwimmen.", [(0, 0), (1, 1), (2, 3), (3, 2)]),
    ("He bought a new car.", "Er hat ein neues Auto gekauft.", [(0, 0), (2, 2), (3, 3), (4, 4), (5, 1)]),
    ("I will help you.", "Ich werde dir helfen.", [(0, 0), (1, 1), (2, 3), (3, 2)]),
    ("Where is my book?", "Wo ist mein Buch?", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("They must go home now.", "Sie müssen jetzt nach Hause gehen.", [(0, 0), (1, 1), (2, 4), (4, 3), (5, 2)]),
    ("I have lost my key.", "Ich habe meinen Schlüssel verloren.", [(0, 0), (1, 1), (2, 3), (3, 4), (4, 2)]),
]
