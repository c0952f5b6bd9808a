// A list of backups that grows by pages, with Relay.
//   npm install react react-relay && npm install --save-dev relay-compiler && npx relay-compiler
import { graphql, useLazyLoadQuery, usePaginationFragment } from "react-relay";
import type { BackupListQuery } from "./__generated__/BackupListQuery.graphql.js";
import type { BackupListPageQuery } from "./__generated__/BackupListPageQuery.graphql.js";
import type { BackupList_query$key } from "./__generated__/BackupList_query.graphql.js";

export function BackupList() {
  const list = graphql`
    query BackupListQuery($filter: BackupFilter) {
      ...BackupList_query @arguments(filter: $filter)
    }
  `;
  const query = useLazyLoadQuery<BackupListQuery>(list, { filter: { statuses: ["SUCCEEDED"] } });
  const page = usePaginationFragment<BackupListPageQuery, BackupList_query$key>(
    graphql`
      fragment BackupList_query on Query
      @argumentDefinitions(
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
        filter: { type: "BackupFilter" }
      )
      @refetchable(queryName: "BackupListPageQuery") {
        backups(first: $count, after: $cursor, filter: $filter)
          @connection(key: "BackupList_backups") {
          edges {
            node {
              id
              startedAt
              status
            }
          }
          complete
        }
      }
    `,
    query,
  );
  const { edges, complete } = page.data.backups ?? { edges: [], complete: false };
  return (
    <>
      <ol>
        {edges.map(({ node }) => (
          <li key={node.id}>{`${node.startedAt}: ${node.status}`}</li>
        ))}
      </ol>
      {!complete && <p role="status">Some clouds could not be read.</p>}
      {page.hasNext && <button onClick={() => page.loadNext(50)}>More</button>}
    </>
  );
}
