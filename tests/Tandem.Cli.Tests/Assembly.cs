using Tandem.Cli.Tests.Databases;

// Each test runs server processes of its own and measures them: side by side they would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(PgCluster))]
