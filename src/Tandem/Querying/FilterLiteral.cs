using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Turns a literal of a filter into a value of the field it is compared with.</summary>
internal static class FilterLiteral
{
    public static object? Convert(Field field, FilterToken token)
    {
        if (token.IsWord("null"))
        {
            return null;
        }

        if (token.Kind is not (FilterTokenKind.Word or FilterTokenKind.Text))
        {
            throw new FilterSyntaxException(token.Position, $"A value for '{field.Name}' is expected, not {token}.");
        }

        if (field.Type is FieldType.Json or FieldType.Array or FieldType.Bytes)
        {
            throw new QueryException(field.Name, $"Field '{field.Name}' can only be compared with null. Filter by another field.");
        }

        if (token.Kind == FilterTokenKind.Word && field.Type is (FieldType.Text or FieldType.Other))
        {
            throw new QueryException(field.Name, $"Field '{field.Name}' holds texts. Put the value in single quotes: '{token.Text}'.");
        }

        if (!ValueText.TryParse(field, token.Text, out var value, out var error))
        {
            throw new QueryException(field.Name, $"{token} is no value of field '{field.Name}'. {error}");
        }

        return value ?? throw new QueryException(field.Name, $"An empty text is no value of field '{field.Name}'. Use null for no value.");
    }
}
