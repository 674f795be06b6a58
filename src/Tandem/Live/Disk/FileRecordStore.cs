using System.Runtime.InteropServices;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Disk;

/// <summary>
/// Keeps a live table's records in a file: a first entry with all of them, then one entry for each step of changes. When the
/// later entries outgrow the first, the file is written anew beside the old one and takes its place. It is a cache: after a
/// power cut the last steps may be missing, and the table catches up from an older cursor.
/// </summary>
/// <param name="path">The file; made when it is not there, with its folder.</param>
public sealed class FileRecordStore(string path) : IRecordStore
{
    private const int Version = 2;
    private const int RecordsPerPart = 10_000;
    private const long SmallestRewrite = 1 << 20;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private LogFile? _file;
    private TableSchema? _schema;
    private long _firstLength;

    public async Task<KeptRecords?> LoadAsync(TableSchema schema, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _schema = schema;
            return Read(schema);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task ReplaceAsync(TableSchema schema, Cursor cursor, IEnumerable<Record> records, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReplaceLockedAsync(schema, cursor, records, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task ApplyAsync(Cursor cursor, IReadOnlyDictionary<RecordKey, Record?> changed, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var file = _file ?? throw new InvalidOperationException("Load or replace first.");
            await file.AppendAsync(Entry(cursor, changed), toDisk: false, cancellationToken).ConfigureAwait(false);
            if (file.Length - _firstLength > Math.Max(_firstLength, SmallestRewrite))
            {
                if (Read(_schema!) is { } kept)
                {
                    await ReplaceLockedAsync(_schema!, kept.Cursor, kept.Records, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private KeptRecords? Read(TableSchema schema)
    {
        _file?.Dispose();
        Dictionary<RecordKey, Record> records = [];
        Cursor? cursor = null;
        var isFirst = true;
        var isOurs = true;
        var missing = 0;
        _firstLength = 0;
        _file = LogFile.Open(path, entry =>
        {
            using var reader = Reader(entry);
            if (isFirst)
            {
                isOurs = reader.ReadInt32() == Version && reader.ReadString() == Print(schema);
                missing = isOurs ? reader.ReadInt32() : 0;
                isFirst = false;
            }

            if (isOurs)
            {
                cursor = ReadEntry(schema, reader, records);
                missing--;
            }

            // What comes behind the first parts is what a rewriting would fold into them.
            _firstLength += missing >= 0 ? entry.Length : 0;
        });
        return isOurs && missing <= 0 && cursor is { } at ? new KeptRecords(at, [.. records.Values]) : null;
    }

    private async Task ReplaceLockedAsync(TableSchema schema, Cursor cursor, IEnumerable<Record> records, CancellationToken cancellationToken)
    {
        _schema = schema;
        // One entry holds a part, so that no entry outgrows memory; the first says how many belong together.
        var parts = records.Chunk(RecordsPerPart).ToList();
        _file ??= LogFile.Open(path, _ => { });
        await _file.ReplaceAsync(
            parts.Skip(1).Select(p => Entry(cursor, p.ToDictionary(r => r.Key, Record? (r) => r)))
                .Prepend(First(Print(schema), Math.Max(1, parts.Count), cursor, parts.Count > 0 ? parts[0] : [])),
            cancellationToken).ConfigureAwait(false);
        _firstLength = _file.Length;
    }

    private static byte[] First(string print, int parts, Cursor cursor, IReadOnlyCollection<Record> records) => Bytes(writer =>
    {
        writer.Write(Version);
        writer.Write(print);
        writer.Write(parts);
        WriteEntry(writer, cursor, records.Select(r => KeyValuePair.Create(r.Key, (Record?)r)), records.Count);
    });

    private static byte[] Entry(Cursor cursor, IReadOnlyDictionary<RecordKey, Record?> changed) =>
        Bytes(writer => WriteEntry(writer, cursor, changed, changed.Count));

    private static void WriteEntry(BinaryWriter writer, Cursor cursor, IEnumerable<KeyValuePair<RecordKey, Record?>> changed, int count)
    {
        writer.Write(cursor.Value);
        writer.Write(count);
        foreach (var (key, record) in changed)
        {
            writer.Write(record is not null);
            ValueCodec.Write(writer, record is null ? key.Values : record.Values.ToArray());
        }
    }

    private static Cursor ReadEntry(TableSchema schema, BinaryReader reader, Dictionary<RecordKey, Record> records)
    {
        var cursor = new Cursor(reader.ReadString());
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            if (reader.ReadBoolean())
            {
                var record = new Record(schema, ValueCodec.ReadMany(reader));
                records[record.Key] = record;
            }
            else
            {
                records.Remove(new RecordKey(ValueCodec.ReadMany(reader)));
            }
        }

        return cursor;
    }

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        write(writer);
        writer.Flush();
        return memory.ToArray();
    }

    private static BinaryReader Reader(ReadOnlyMemory<byte> entry) => MemoryMarshal.TryGetArray(entry, out var array)
        ? new BinaryReader(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false))
        : new BinaryReader(new MemoryStream(entry.ToArray(), writable: false));

    /// <summary>What must be the same for kept values to fit: names and types, in order.</summary>
    private static string Print(TableSchema schema) =>
        $"{schema.Name}({string.Join(',', schema.Fields.Select(f => $"{f.Name}:{f.Type}:{f.NativeType}"))})key({string.Join(',', schema.Key)})";
}
