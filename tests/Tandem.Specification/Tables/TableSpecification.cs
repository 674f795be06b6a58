using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <summary>What every table and database must do. Each implementation inherits this suite; so does a live table over each.</summary>
public abstract partial class TableSpecification : IAsyncLifetime
{
    protected static readonly WriteContext Ann = new("Ann");
    protected static readonly WriteContext Bob = new("Bob", "bulk-1");
    private readonly List<IAsyncDisposable> _opened = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IDatabase Database { get; private set; } = null!;

    /// <summary>Whether the source checks references.</summary>
    protected virtual bool ChecksReferences => true;

    /// <summary>Whether the tables under test are live tables, whose own feed does not go back.</summary>
    protected virtual bool IsLive => false;

    /// <summary>Opens a database with the tables of <see cref="Shop"/>, all empty.</summary>
    protected abstract Task<IDatabase> OpenAsync();

    /// <summary>The table under test over a database's own.</summary>
    protected virtual Task<ITable> OverAsync(ITable source) => Task.FromResult(source);

    public async ValueTask InitializeAsync() => Database = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected async Task<ITable> TableAsync(string name)
    {
        var table = await OverAsync(Database.Find(name) ?? throw new InvalidOperationException($"There is no table '{name}'."));
        if (table is IAsyncDisposable disposable)
        {
            _opened.Add(disposable);
        }

        return table;
    }

    protected static Patch Set(params (string Field, object? Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Field, f.Value)));

    protected static async Task<Record> AddAsync(ITable table, params (string Field, object? Value)[] fields) =>
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(Set(fields), Ann), Token)).Stored;

    protected static Task<WriteResult> UpdateAsync(ITable table, RecordKey key, Patch set, Patch? basis = null, WriteContext? by = null) =>
        table.WriteAsync(new Write.Update(key, set, basis is null ? Guard.None : new Guard(basis), by ?? Ann), Token);

    protected static void AssertSame(Record expected, Record? actual)
    {
        Assert.NotNull(actual);
        foreach (var field in expected.Schema.Fields)
        {
            Assert.True(Values.Same(field, expected[field.Name], actual[field.Name]), $"{field.Name}: expected '{expected[field.Name]}', got '{actual[field.Name]}'");
        }
    }

    protected static FieldError AssertRejected(WriteResult result, string field)
    {
        var error = Assert.Single(Assert.IsType<WriteResult.Rejected>(result).Errors);
        Assert.Equal(field, error.Field);
        Assert.NotEmpty(error.Message);
        return error;
    }
}
