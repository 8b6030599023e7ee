-- What judging asks for: who answered a conversation, an agent's own scenarios with a run, and the
-- releases with what let each go live.

ALTER TABLE conversation ADD COLUMN agent_name TEXT;
ALTER TABLE conversation ADD COLUMN version_id TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN answering_models JSONB NOT NULL DEFAULT '[]';
UPDATE conversation
   SET agent_name = (SELECT name FROM agent
                      WHERE agent.vendor_agent_id = conversation.vendor_agent_id);
-- Lists, by the end.
CREATE INDEX conversation_end ON conversation (end_time, conversation_id);

-- The agent's own scenarios beside the mandatory ones, as they were asked for (D14).
ALTER TABLE scenario_run ADD COLUMN own JSONB NOT NULL DEFAULT '[]';
-- What the vendor charged, in its credits.
ALTER TABLE scenario_run ADD COLUMN credits_used BIGINT;

-- Every time that another configuration of an agent went live. Rows are only ever added (B5).
CREATE TABLE agent_release (
    agent_name        TEXT NOT NULL REFERENCES agent (name),
    number            BIGINT NOT NULL,
    hash              TEXT NOT NULL,
    -- The newest passing run at that moment; unknown for what was live before this table.
    run_id            UUID,
    scenarios_version TEXT NOT NULL,
    approved_by       TEXT NOT NULL,
    vendor_agent_id   TEXT NOT NULL,
    tool_id           TEXT,
    release_time      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agent_name, number)
);
INSERT INTO agent_release (agent_name, number, hash, run_id, scenarios_version, approved_by,
                           vendor_agent_id, tool_id, release_time)
SELECT name, 1, released_hash,
       (SELECT run_id FROM scenario_run
         WHERE scenario_run.agent_name = agent.name AND scenario_run.hash = agent.released_hash
           AND state = 'passed' ORDER BY start_time DESC LIMIT 1),
       COALESCE((SELECT scenarios_version FROM scenario_run
                  WHERE scenario_run.agent_name = agent.name
                    AND scenario_run.hash = agent.released_hash
                    AND state = 'passed' ORDER BY start_time DESC LIMIT 1), ''),
       'operator:unnamed', vendor_agent_id, tool_id, release_time
  FROM agent WHERE released_hash IS NOT NULL;
