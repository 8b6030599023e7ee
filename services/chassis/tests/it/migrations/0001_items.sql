CREATE TABLE item (
    id BIGINT PRIMARY KEY CHECK (id >= 0)
);
CREATE TABLE part (
    id   BIGINT PRIMARY KEY,
    item BIGINT NOT NULL REFERENCES item (id)
);
CREATE TABLE seen (
    seq     BIGINT PRIMARY KEY,
    subject TEXT NOT NULL
);
