using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Records;

namespace Tandem.Schema;

/// <summary>Checks values against a schema's rules, before the source is asked. Pure and safe from any thread.</summary>
public static class Rules
{
    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>What is wrong with a new record's values.</summary>
    public static IReadOnlyList<FieldError> CheckInsert(TableSchema schema, Patch values)
    {
        var errors = Check(schema, values, forInsert: true);
        foreach (var field in schema.Fields)
        {
            if (field.IsRequired && !values.ContainsKey(field.Name))
            {
                errors.Add(new FieldError(field.Name, $"{field.Label} is required. Enter a value."));
            }
        }

        return errors;
    }

    /// <summary>What is wrong with new values of an existing record.</summary>
    public static IReadOnlyList<FieldError> CheckUpdate(TableSchema schema, Patch set) => Check(schema, set, forInsert: false);

    /// <summary>What is wrong with one value of one field, or null.</summary>
    public static string? CheckValue(Field field, object? value)
    {
        if (value is null)
        {
            return field.IsNullable || field.HasDefault && field.IsIdentity ? null : $"{field.Label} is required. Enter a value.";
        }

        if (value is string plain && plain.Contains('\0', StringComparison.Ordinal))
        {
            return $"{field.Label} holds a null character, which texts cannot. Remove it.";
        }

        if (value is string text && field.Type is FieldType.Text)
        {
            var length = text.Length > (field.MaxLength ?? int.MaxValue) || field.MinLength is not null ? CodePoints(text) : text.Length;
            if (length > field.MaxLength)
            {
                return $"{field.Label} has {length} characters; at most {field.MaxLength} are allowed. Shorten it.";
            }

            if (length < field.MinLength)
            {
                return $"{field.Label} needs at least {field.MinLength} characters.";
            }

            if (field.Pattern is not null && !Regex.IsMatch(text, $"^(?:{field.Pattern})$", RegexOptions.CultureInvariant, s_patternTimeout))
            {
                return $"{field.Label} does not have the expected form.";
            }
        }

        if (field.Choices is { } choices && !choices.Contains(ValueText.Plain(value)))
        {
            return $"{field.Label} must be one of {string.Join(", ", choices)}.";
        }

        decimal? number = value switch
        {
            long integer => integer,
            decimal exact => exact,
            double real when Math.Abs(real) < 7e27 => (decimal)real,
            _ => null,
        };
        if (number < field.Minimum)
        {
            return $"{field.Label} must be at least {field.Minimum.Value.ToString(CultureInfo.InvariantCulture)}.";
        }

        if (number > field.Maximum)
        {
            return $"{field.Label} must be at most {field.Maximum.Value.ToString(CultureInfo.InvariantCulture)}.";
        }

        if (value is decimal amount && field.Precision is { } precision && Math.Abs(decimal.Truncate(amount)) >= PowerOfTen(precision - (field.Scale ?? 0)))
        {
            return $"{field.Label} has too many digits; at most {precision - (field.Scale ?? 0)} stand before the decimal point.";
        }

        return null;
    }

    private static List<FieldError> Check(TableSchema schema, Patch values, bool forInsert)
    {
        List<FieldError> errors = [];
        foreach (var (name, value) in values)
        {
            var field = schema.Find(name);
            if (field is null)
            {
                errors.Add(new FieldError(name, $"Table '{schema.Name}' has no field '{name}'. Remove it or correct its name."));
            }
            else if (field.IsReadOnly)
            {
                errors.Add(new FieldError(name, $"{field.Label} is computed by the database. Leave it out."));
            }
            else if (!forInsert && schema.IsKeyField(name))
            {
                errors.Add(new FieldError(name, $"{field.Label} is part of the key and cannot be changed. Create a new record instead."));
            }
            else if (CheckValue(field, value) is { } message)
            {
                errors.Add(new FieldError(name, message));
            }
        }

        return errors;
    }

    private static int CodePoints(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static decimal PowerOfTen(int digits)
    {
        var power = 1m;
        for (var i = 0; i < Math.Min(digits, 28); i++)
        {
            power *= 10;
        }

        return power;
    }
}
