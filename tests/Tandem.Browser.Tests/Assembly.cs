using Tandem.Browser.Tests.Running;

[assembly: AssemblyFixture(typeof(Stage))]
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
